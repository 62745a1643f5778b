import { afterAll, beforeAll } from 'vitest';
import { DynamoDbFailedIndex } from '../../functions/shared/adapters/dynamodb-failed-index.ts';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { copyTable } from '../support/table-copy.ts';
import { failedIndexContract } from './failed-index-contract.ts';

const client = dynamoDb();
let tasks: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  tasks = await copyTable(client, output('TasksTable'));
});
afterAll(() => tasks.drop());

failedIndexContract(() => ({
  tasks: new DynamoDbTaskStore({ client, table: tasks.table, ...backOff }),
  failed: new DynamoDbFailedIndex(client, tasks.table),
}));
