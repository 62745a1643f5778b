import { afterAll, beforeAll } from 'vitest';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { copyTable } from '../support/table-copy.ts';
import { taskStoreContract } from './task-store-contract.ts';

const client = dynamoDb();
let copy: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  copy = await copyTable(client, output('TasksTable'));
});
afterAll(async () => await copy.drop());

taskStoreContract(() => new DynamoDbTaskStore({ client, table: copy.table, ...backOff }));
