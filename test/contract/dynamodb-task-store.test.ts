import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { taskStoreContract } from './task-store-contract.ts';

const client = dynamoDb();
const copy = tableCopy(client, 'TasksTable');

taskStoreContract(() => new DynamoDbTaskStore({ client, table: copy.table, ...backOff }));
