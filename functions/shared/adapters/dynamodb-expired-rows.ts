import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ExpiredRows } from '../../../core/task-index.ts';
import type { TaskRow } from '../../../core/task-row.ts';

/** Rows of the tasks table whose time is over before DynamoDB has come round to deleting them. */
export class DynamoDbExpiredRows implements ExpiredRows {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** A row that has changed since it was read is left alone. */
  async remove({ task_id, version, expires_at }: TaskRow): Promise<void> {
    try {
      await this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: { task_id: { S: task_id } },
          ConditionExpression: '#version = :version AND #expires_at = :expires_at',
          ExpressionAttributeNames: { '#version': 'version', '#expires_at': 'expires_at' },
          ExpressionAttributeValues: {
            ':version': { N: String(version) },
            ':expires_at': { N: String(expires_at) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
