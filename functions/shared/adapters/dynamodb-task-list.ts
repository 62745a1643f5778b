import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ListedHour, StripeQuery, TaskIndex } from '../../../core/task-index.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { timeIndexKey } from '../../../core/time-index.ts';
import type { BackOff } from './back-off.ts';
import { HOURS_PARTITION } from './dynamodb-hour-directory.ts';
import { labelPartition } from './dynamodb-label-store.ts';
import { getItems } from './get-items.ts';
import { taskItem } from './task-item.ts';

export interface DynamoDbTaskListDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly tasksTable: string;
  readonly controlTable: string;
}

/** Lists of tasks, read from the tasks table's indexes by time, by agent and of failed tasks, and from labels. */
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
    const { sort, ...where } = this.#where(partition);
    const { Items = [] } = await this.#deps.client.send(
      new QueryCommand({
        ...where.table,
        ScanIndexForward: false,
        Limit: limit + 1,
        KeyConditionExpression: `${where.name} = :partition AND ${sort} BETWEEN :atLeast AND :below`,
        ExpressionAttributeValues: {
          ':partition': { S: where.value },
          ':atLeast': { S: atLeast },
          ':below': { S: below },
        },
      }),
    );
    const entries = Items.flatMap((item) => item[sort]?.S ?? []);
    return entries.filter((entry) => entry !== below).slice(0, limit);
  }

  async rows(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> {
    const keys = taskIds.map((taskId) => ({ task_id: { S: taskId } }));
    const { client, tasksTable: table } = this.#deps;
    const items = await getItems(client, this.#deps, { table, keys, consistent: false });
    return new Map(items.map((item) => taskItem.decode(item)).map((row) => [row.task_id, row]));
  }

  /** Where a partition is, and by what its entries are sorted. */
  #where(partition: StripeQuery['partition']) {
    const { tasksTable, controlTable } = this.#deps;
    const ofTasks = (IndexName: string, name: string, value: string) => ({
      table: { TableName: tasksTable, IndexName },
      name,
      value,
      sort: 'listed_at',
    });
    switch (partition.index) {
      case 'time':
        return ofTasks('by-time', 'listed_in', timeIndexKey(partition.hour, partition.shard));
      case 'agent':
        return ofTasks('by-agent', 'agent_id', partition.agentId);
      case 'failed':
        return ofTasks('failed', 'failed_in', partition.lane);
      case 'label':
        return {
          table: { TableName: controlTable },
          name: 'pk',
          value: labelPartition(partition),
          sort: 'sk',
        };
    }
  }
}
