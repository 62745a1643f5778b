import { afterAll, beforeAll } from 'vitest';
import { DynamoDbResultCache } from '../../functions/shared/adapters/dynamodb-result-cache.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { copyTable } from '../support/table-copy.ts';
import { resultCacheContract } from './result-cache-contract.ts';

const client = dynamoDb();
let copy: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  copy = await copyTable(client, output('ControlTable'));
});
afterAll(async () => await copy.drop());

resultCacheContract(() => new DynamoDbResultCache({ client, table: copy.table, ...backOff }));
