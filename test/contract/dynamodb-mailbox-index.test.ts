import { afterAll, beforeAll } from 'vitest';
import { DynamoDbMailboxIndex } from '../../functions/shared/adapters/dynamodb-mailbox-index.ts';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { copyTable } from '../support/table-copy.ts';
import { mailboxIndexContract } from './mailbox-index-contract.ts';

const client = dynamoDb();
let tasks: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  tasks = await copyTable(client, output('TasksTable'));
});
afterAll(async () => {
  await tasks.drop();
});

mailboxIndexContract(() => ({
  tasks: new DynamoDbTaskStore({ client, table: tasks.table, ...backOff }),
  mailboxes: new DynamoDbMailboxIndex(client, tasks.table),
}));
