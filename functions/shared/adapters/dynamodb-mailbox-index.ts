import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { MailboxIndex } from '../../../core/agents/mailbox-index.ts';

/** Above and below every sort key of a mailbox: they are digits, and what follows them. */
const TOP = '~';
const BOTTOM = '!';

/** The mailbox index of the tasks table. */
export class DynamoDbMailboxIndex implements MailboxIndex {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** BETWEEN includes both its bounds, so one entry more is read, and the bounds themselves left out. */
  async keys({
    mailbox,
    after = BOTTOM,
    below = TOP,
    limit,
  }: Parameters<MailboxIndex['keys']>[0]): Promise<readonly string[]> {
    if (after >= below) return [];
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'mailbox',
        Limit: limit + 1,
        KeyConditionExpression: 'mailbox = :mailbox AND mailbox_at BETWEEN :after AND :below',
        ExpressionAttributeValues: {
          ':mailbox': { S: mailbox },
          ':after': { S: after },
          ':below': { S: below },
        },
      }),
    );
    const keys = Items.flatMap(({ mailbox_at }) => mailbox_at?.S ?? []);
    return keys.filter((key) => key > after && key < below).slice(0, limit);
  }
}
