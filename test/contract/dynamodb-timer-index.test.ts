import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { DynamoDbTimerIndex } from '../../functions/shared/adapters/dynamodb-timer-index.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { timerIndexContract } from './timer-index-contract.ts';

const client = dynamoDb();
const tasks = tableCopy(client, 'TasksTable');

timerIndexContract(() => ({
  tasks: new DynamoDbTaskStore({ client, table: tasks.table, ...backOff }),
  timers: new DynamoDbTimerIndex(client, tasks.table),
}));
