import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { FailedIndex, FailedPage } from '../../../core/failed-index.ts';

/** The index of failed tasks of the tasks table. */
export class DynamoDbFailedIndex implements FailedIndex {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async page({ lane, limit, after = '' }: Parameters<FailedIndex['page']>[0]): Promise<FailedPage> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'failed',
        Limit: limit,
        // By the sort key, not by the last item: that one leaves the index as soon as its task is queued again.
        KeyConditionExpression: 'failed_in = :lane AND listed_at > :after',
        ExpressionAttributeValues: { ':lane': { S: lane }, ':after': { S: after || FIRST } },
      }),
    );
    const taskIds = Items.flatMap(({ task_id }) => task_id?.S ?? []);
    const next = LastEvaluatedKey?.listed_at?.S;
    return next === undefined ? { taskIds } : { taskIds, next };
  }
}

/** Below every sort key, which begin with the digits of a time. */
const FIRST = '0';
