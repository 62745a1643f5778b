import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { TimerIndex, TimerPage, TimerPosition } from '../../../core/usecases/sweep-timers.ts';

/** The timer index of the tasks table. */
export class DynamoDbTimerIndex implements TimerIndex {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async due({ shard, untilMs, limit, after }: Parameters<TimerIndex['due']>[0]): Promise<TimerPage> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'timers',
        Limit: limit,
        KeyConditionExpression: 'timer_in = :shard AND timer_at <= :until',
        ExpressionAttributeValues: { ':shard': { S: shard }, ':until': { N: String(untilMs) } },
        ...(after === undefined ? {} : { ExclusiveStartKey: keyOf(shard, after) }),
      }),
    );
    const taskIds = Items.flatMap(({ task_id }) => task_id?.S ?? []);
    return LastEvaluatedKey === undefined ? { taskIds } : { taskIds, next: positionOf(LastEvaluatedKey) };
  }
}

function keyOf(shard: string, { task_id, timer_at }: TimerPosition): Record<string, AttributeValue> {
  return { timer_in: { S: shard }, timer_at: { N: String(timer_at) }, task_id: { S: task_id } };
}

function positionOf({ task_id, timer_at }: Record<string, AttributeValue>): TimerPosition {
  return { task_id: task_id?.S ?? '', timer_at: Number(timer_at?.N) };
}
