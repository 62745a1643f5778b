import { DynamoDbExpiredRows } from '../../functions/shared/adapters/dynamodb-expired-rows.ts';
import { DynamoDbHourDirectory } from '../../functions/shared/adapters/dynamodb-hour-directory.ts';
import { DynamoDbLabelStore } from '../../functions/shared/adapters/dynamodb-label-store.ts';
import { DynamoDbTaskList } from '../../functions/shared/adapters/dynamodb-task-list.ts';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { taskIndexContract } from './task-index-contract.ts';

const client = dynamoDb();
const tasks = tableCopy(client, 'TasksTable');
const control = tableCopy(client, 'ControlTable');

taskIndexContract(() => ({
  tasks: new DynamoDbTaskStore({ client, table: tasks.table, ...backOff }),
  index: new DynamoDbTaskList({ client, tasksTable: tasks.table, controlTable: control.table, ...backOff }),
  labels: new DynamoDbLabelStore({ client, controlTable: control.table, ...backOff }),
  hours: new DynamoDbHourDirectory(client, control.table, backOff.clock),
  expiredRows: new DynamoDbExpiredRows(client, tasks.table),
}));
