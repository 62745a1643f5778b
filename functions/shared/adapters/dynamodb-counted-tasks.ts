import { type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { CountedTasks } from '../../../core/agents/agent-ports.ts';
import type { CountedBlock } from '../../../core/agents/agent-totals.ts';
import { ItemCodec } from './item-codec.ts';

/** How a block is stored, beside its partition: its sort key is `after`. */
const blockItem = new ItemCodec<
  Omit<CountedBlock, 'after'> & { readonly sk: string; readonly expires_at: number }
>({
  sk: 'string',
  through: 'string',
  completed: 'number',
  cancelled: 'number',
  open: 'strings',
  fresh_until: 'number',
  expires_at: 'number',
});

/** What was counted of the tasks of agents, in the control table; each agent has a partition. */
export class DynamoDbCountedTasks implements CountedTasks {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async blocks(agentId: string): Promise<readonly CountedBlock[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: 'pk = :counted',
        ExpressionAttributeValues: { ':counted': partitionOf(agentId) },
      },
    );
    const blocks: CountedBlock[] = [];
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        const { sk: after, expires_at: _, ...block } = blockItem.decode(item);
        blocks.push({ after, ...block });
      }
    }
    return blocks;
  }

  /** A block that is not fresh any more is never read: DynamoDB may delete it. */
  async put(agentId: string, blocks: readonly CountedBlock[]): Promise<void> {
    const items = blocks.map(({ after, ...block }) => ({
      pk: partitionOf(agentId),
      ...blockItem.encode({ sk: after, ...block, expires_at: Math.ceil(block.fresh_until / 1000) }),
    }));
    await Promise.all(
      items.map((Item) => this.#client.send(new PutItemCommand({ TableName: this.#table, Item }))),
    );
  }
}

function partitionOf(agentId: string) {
  return { S: `counted#${agentId}` };
}
