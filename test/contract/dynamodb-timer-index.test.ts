import { afterAll, beforeAll } from 'vitest';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { DynamoDbTimerIndex } from '../../functions/shared/adapters/dynamodb-timer-index.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { copyTable } from '../support/table-copy.ts';
import { timerIndexContract } from './timer-index-contract.ts';

const client = dynamoDb();
let tasks: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  tasks = await copyTable(client, output('TasksTable'));
});
afterAll(async () => {
  await tasks.drop();
});

timerIndexContract(() => ({
  tasks: new DynamoDbTaskStore({ client, table: tasks.table, ...backOff }),
  timers: new DynamoDbTimerIndex(client, tasks.table),
}));
