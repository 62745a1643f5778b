import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LANES } from '../../../core/lane.ts';
import type { LaneState, LaneStates } from '../../../core/lane-state.ts';

/** Partition of the control table that holds the states of lanes. */
const PARTITION: AttributeValue = { S: 'lanes' };

/** The states of lanes in the control table: an item for each lane that was ever paused, until it is forgotten. */
export class DynamoDbLaneStates implements LaneStates {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(): Promise<readonly LaneState[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :lanes',
        ExpressionAttributeValues: { ':lanes': PARTITION },
        ConsistentRead: true,
      }),
    );
    return Items.flatMap(({ sk, paused, changed_at }) => {
      const lane = LANES.find((name) => name === sk?.S);
      return lane === undefined
        ? []
        : [{ lane, paused: paused?.BOOL === true, changed_at: Number(changed_at?.N) }];
    });
  }

  async write({ lane, paused, changed_at }: LaneState): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { pk: PARTITION, sk: { S: lane } },
        UpdateExpression: 'SET paused = :paused, changed_at = :changed_at',
        ExpressionAttributeValues: { ':paused': { BOOL: paused }, ':changed_at': { N: String(changed_at) } },
      }),
    );
  }

  async forget({ lane, paused, changed_at }: LaneState): Promise<void> {
    try {
      await this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: { pk: PARTITION, sk: { S: lane } },
          ConditionExpression: 'paused = :paused AND changed_at = :changed_at',
          ExpressionAttributeValues: {
            ':paused': { BOOL: paused },
            ':changed_at': { N: String(changed_at) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
