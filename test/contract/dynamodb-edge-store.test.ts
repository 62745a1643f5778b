import { afterAll, beforeAll } from 'vitest';
import { DynamoDbEdgeStore } from '../../functions/shared/adapters/dynamodb-edge-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { copyTable } from '../support/table-copy.ts';
import { edgeStoreContract } from './edge-store-contract.ts';

const client = dynamoDb();
let copy: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  copy = await copyTable(client, output('ControlTable'));
});
afterAll(async () => await copy.drop());

edgeStoreContract(() => new DynamoDbEdgeStore({ client, table: copy.table, ...backOff }));
