import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AgentTasks } from '../../../core/agents/agent-ports.ts';
import type { TaskStates } from '../../../core/agents/agent-totals.ts';
import type { BackOff } from './back-off.ts';
import { getItems } from './get-items.ts';
import { taskItem } from './task-item.ts';

export interface DynamoDbAgentTasksDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The tasks of agents: the tasks table's index by agent, and of the rows what counting needs. */
export class DynamoDbAgentTasks implements AgentTasks {
  readonly #deps: DynamoDbAgentTasksDeps;

  constructor(deps: DynamoDbAgentTasksDeps) {
    this.#deps = deps;
  }

  /** A page of 1 MB has more than 3,000 entries, so that `limit`, which is lower, alone cuts it. */
  async entries(query: { agentId: string; after: string; limit: number }): Promise<readonly string[]> {
    const { Items = [] } = await this.#deps.client.send(
      new QueryCommand({
        TableName: this.#deps.table,
        IndexName: 'by-agent',
        Limit: query.limit,
        KeyConditionExpression: 'agent_id = :agent AND listed_at > :after',
        ExpressionAttributeValues: { ':agent': { S: query.agentId }, ':after': { S: query.after } },
      }),
    );
    return Items.flatMap(({ listed_at }) => listed_at?.S ?? []);
  }

  async states(taskIds: readonly string[]): Promise<TaskStates> {
    const { client, table } = this.#deps;
    const items = await getItems(client, this.#deps, {
      table,
      keys: taskIds.map((taskId) => ({ task_id: { S: taskId } })),
      consistent: false,
      attributes: ['task_id', 'status', 'expires_at'],
    });
    return new Map(items.map((item) => taskItem.decode(item)).map((row) => [row.task_id, row]));
  }
}
