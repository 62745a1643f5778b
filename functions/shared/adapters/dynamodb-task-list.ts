import { BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { timeIndexKey } from '../../../core/submission.ts';
import type { ListedHour, StripeQuery, TaskIndex } from '../../../core/task-index.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { type BackOff, chunksOf, MAX_TRIES, waitBeforeRetry } from './back-off.ts';
import { HOURS_PARTITION } from './dynamodb-hour-directory.ts';
import type { Item } from './item-codec.ts';
import { taskItem } from './task-item.ts';

export interface DynamoDbTaskListDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly tasksTable: string;
  readonly controlTable: string;
}

/** BatchGetItem takes 100 keys. */
const KEYS_A_CALL = 100;

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
    const parts = await Promise.all(chunksOf(taskIds, KEYS_A_CALL).map((part) => this.#read(part)));
    return new Map(parts.flat().map((row) => [row.task_id, row]));
  }

  async #read(taskIds: readonly string[]): Promise<TaskRow[]> {
    const { client, tasksTable } = this.#deps;
    const rows: TaskRow[] = [];
    let keys: Item[] = taskIds.map((taskId) => ({ task_id: { S: taskId } }));
    for (let tries = 1; keys.length > 0; tries += 1) {
      if (tries > MAX_TRIES) throw new Error(`${keys.length} rows could not be read in ${MAX_TRIES} tries`);
      if (tries > 1) await waitBeforeRetry(this.#deps, tries - 1);
      const command = new BatchGetItemCommand({ RequestItems: { [tasksTable]: { Keys: keys } } });
      const { Responses, UnprocessedKeys } = await client.send(command);
      rows.push(...(Responses?.[tasksTable] ?? []).map((item) => taskItem.decode(item)));
      keys = UnprocessedKeys?.[tasksTable]?.Keys ?? [];
    }
    return rows;
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
