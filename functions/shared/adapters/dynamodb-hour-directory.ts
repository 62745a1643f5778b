import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../core/ports.ts';
import type { HourDirectory } from '../../../core/task-index.ts';

/** Partition of the control table that names the hours which hold tasks. */
export const HOURS_PARTITION = 'hours';

/** As a payload: longer than any life of a task, so no task outlives its hour's entry. */
const ENTRY_LIFE_SECONDS = 800 * 86_400;

/** The directory of hours in the control table. Each process notes an hour once. */
export class DynamoDbHourDirectory implements HourDirectory {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;
  #noted = '';

  constructor(client: DynamoDBClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  /** Writes the entry unless it is there with as many shards; a refused write is as good as one. */
  async announce(hour: string, shards: number): Promise<void> {
    const entry = `${hour}#${shards}`;
    if (this.#noted === entry) return;
    const expiresAt = Math.ceil(this.#clock.nowMs() / 1000) + ENTRY_LIFE_SECONDS;
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: { pk: { S: HOURS_PARTITION }, sk: { S: hour } },
          UpdateExpression: 'SET #shards = :shards, #expires_at = :expires_at',
          ConditionExpression: 'attribute_not_exists(#shards) OR #shards < :shards',
          ExpressionAttributeNames: { '#shards': 'shards', '#expires_at': 'expires_at' },
          ExpressionAttributeValues: {
            ':shards': { N: String(shards) },
            ':expires_at': { N: String(expiresAt) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
    this.#noted = entry;
  }
}
