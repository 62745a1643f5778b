import { describe } from 'vitest';
import { DynamoDbAgentDirectory } from '../../functions/shared/adapters/dynamodb-agent-directory.ts';
import { DynamoDbAgentTasks } from '../../functions/shared/adapters/dynamodb-agent-tasks.ts';
import { DynamoDbCountedTasks } from '../../functions/shared/adapters/dynamodb-counted-tasks.ts';
import { DynamoDbMemory } from '../../functions/shared/adapters/dynamodb-memory.ts';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { agentDirectoryContract } from './agent-directory-contract.ts';
import { agentTasksContract } from './agent-tasks-contract.ts';
import { memoryStoreContract } from './memory-store-contract.ts';

const client = dynamoDb();
const tasks = tableCopy(client, 'TasksTable');
const control = tableCopy(client, 'ControlTable');

describe('the directory of agents', () => {
  agentDirectoryContract(() => new DynamoDbAgentDirectory({ client, table: control.table, ...backOff }));
});

describe('the memory of agents', () => {
  memoryStoreContract(() => new DynamoDbMemory({ client, table: control.table, ...backOff }));
});

describe('the tasks of agents', () => {
  agentTasksContract(() => ({
    tasks: new DynamoDbTaskStore({ client, table: tasks.table, ...backOff }),
    agentTasks: new DynamoDbAgentTasks({ client, table: tasks.table, ...backOff }),
    countedTasks: new DynamoDbCountedTasks(client, control.table),
  }));
});
