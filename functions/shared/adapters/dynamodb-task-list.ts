import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { timeIndexKey } from '../../../core/submission.ts';
import type { ListedHour, StripeQuery, TaskIndex } from '../../../core/task-index.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { BackOff } from './back-off.ts';
import { HOURS_PARTITION } from './dynamodb-hour-directory.ts';
import { getItems } from './get-items.ts';
import { taskItem } from './task-item.ts';

export interface DynamoDbTaskListDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly tasksTable: string;
  readonly controlTable: string;
}

/** Lists of tasks, read from the tasks table's indexes by time and by agent. */
export class DynamoDbTaskList implements TaskIndex {
  readonly #deps: DynamoDbTaskListDeps;

  constructor(deps: DynamoDbTaskListDeps) {
    this.#deps = deps;
  }

  async hours(query: { newest: string; oldest: string; limit: number }): Promise<readonly ListedHour[]> {
    const { Items = [] } = await this.#deps.client.send(
      new QueryCommand({
        TableName: this.#deps.controlTable,
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: query.limit,
        KeyConditionExpression: 'pk = :hours AND sk BETWEEN :oldest AND :newest',
        ExpressionAttributeValues: {
          ':hours': { S: HOURS_PARTITION },
          ':oldest': { S: query.oldest },
          ':newest': { S: query.newest },
        },
      }),
    );
    return Items.map(({ sk, shards }) => ({ hour: sk?.S ?? '', shards: Number(shards?.N) }));
  }

  /** BETWEEN includes its upper bound, so one entry more is read, and the bound itself left out. */
  async stripe({ partition, below, atLeast, limit }: StripeQuery): Promise<readonly string[]> {
    const { Items = [] } = await this.#deps.client.send(
      new QueryCommand({
        TableName: this.#deps.tasksTable,
        ScanIndexForward: false,
        Limit: limit + 1,
        ...partitionQuery(partition, below, atLeast),
      }),
    );
    const entries = Items.flatMap(({ listed_at }) => listed_at?.S ?? []);
    return entries.filter((entry) => entry !== below).slice(0, limit);
  }

  async rows(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> {
    const keys = taskIds.map((taskId) => ({ task_id: { S: taskId } }));
    const { client, tasksTable: table } = this.#deps;
    const items = await getItems(client, this.#deps, { table, keys, consistent: false });
    return new Map(items.map((item) => taskItem.decode(item)).map((row) => [row.task_id, row]));
  }
}

function partitionQuery(partition: StripeQuery['partition'], below: string, atLeast: string) {
  const key =
    partition.index === 'time'
      ? { index: 'by-time', name: 'listed_in', value: timeIndexKey(partition.hour, partition.shard) }
      : { index: 'by-agent', name: 'agent_id', value: partition.agentId };
  return {
    IndexName: key.index,
    KeyConditionExpression: `${key.name} = :partition AND listed_at BETWEEN :atLeast AND :below`,
    ExpressionAttributeValues: {
      ':partition': { S: key.value },
      ':atLeast': { S: atLeast },
      ':below': { S: below },
    },
  };
}
