import { afterAll, beforeAll } from 'vitest';
import { DynamoDbResultStore } from '../../functions/shared/adapters/dynamodb-result-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { FixedClock } from '../support/fixed-clock.ts';
import { copyTable } from '../support/table-copy.ts';
import { resultStoreContract } from './result-store-contract.ts';

const client = dynamoDb();
let copy: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  copy = await copyTable(client, output('ResultsTable'));
});
afterAll(async () => await copy.drop());

resultStoreContract(
  () => new DynamoDbResultStore({ client, table: copy.table, ...backOff, clock: new FixedClock() }),
);
