import { DynamoDbMailboxIndex } from '../../functions/shared/adapters/dynamodb-mailbox-index.ts';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { mailboxIndexContract } from './mailbox-index-contract.ts';

const client = dynamoDb();
const tasks = tableCopy(client, 'TasksTable');

mailboxIndexContract(() => ({
  tasks: new DynamoDbTaskStore({ client, table: tasks.table, ...backOff }),
  mailboxes: new DynamoDbMailboxIndex(client, tasks.table),
}));
