import {
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AgentDirectory } from '../../../core/agents/agent-ports.ts';
import type { AgentPresence, AgentRow, KnownAgent } from '../../../core/agents/agent-row.ts';
import { timeIndexSort } from '../../../core/time-index.ts';
import { AGENTS_PARTITION, agentItem, presenceItem, presenceKey, registrationKey } from './agent-item.ts';
import { type BackOff, MAX_TRIES, waitBeforeRetry } from './back-off.ts';
import { getItems } from './get-items.ts';
import type { Item } from './item-codec.ts';

export interface DynamoDbAgentDirectoryDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** Owners that a process remembers: an agent is never taken away, and its owner never changes. */
const MAX_OWNERS = 10_000;

/** The agents in the control table. */
export class DynamoDbAgentDirectory implements AgentDirectory {
  readonly #deps: DynamoDbAgentDirectoryDeps;
  readonly #owners = new Map<string, string>();

  constructor(deps: DynamoDbAgentDirectoryDeps) {
    this.#deps = deps;
  }

  async read(agentIds: readonly string[]): Promise<ReadonlyMap<string, KnownAgent>> {
    const items = await this.#get(agentIds.flatMap((id) => [registrationKey(id), presenceKey(id)]));
    const presences = new Map(
      items
        .filter(({ sk }) => sk?.S === 'presence')
        .map((item) => presenceItem.decode(item))
        .map(({ agent_id, ...presence }) => [agent_id, presence]),
    );
    const rows = items.filter(({ sk }) => sk?.S === 'registration').map((item) => agentItem.decode(item));
    return new Map(
      rows.flatMap((row) => {
        const presence = presences.get(row.agent_id);
        return presence === undefined ? [] : [[row.agent_id, { row, presence }] as const];
      }),
    );
  }

  async ownerOf(agentId: string): Promise<string | undefined> {
    const known = this.#owners.get(agentId);
    if (known !== undefined) return known;
    const [item] = await this.#get([presenceKey(agentId)]);
    const owner = item === undefined ? undefined : presenceItem.decode(item).tenant;
    if (this.#owners.size >= MAX_OWNERS) this.#owners.clear();
    if (owner !== undefined) this.#owners.set(agentId, owner);
    return owner;
  }

  /** All three items or none: an agent is in the list, and its owner known, from the same moment on. */
  async create(row: AgentRow): Promise<boolean> {
    const { client, table } = this.#deps;
    const { agent_id, tenant, registered_at, updated_at } = row;
    const presence = presenceItem.encode({ agent_id, tenant, last_seen: updated_at });
    const place = { pk: { S: AGENTS_PARTITION }, sk: { S: timeIndexSort(registered_at, agent_id) } };
    const put = (Item: Item, condition = {}) => ({ Put: { TableName: table, Item, ...condition } });
    const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
    const command = new TransactWriteItemsCommand({
      TransactItems: [
        put({ ...registrationKey(agent_id), ...agentItem.encode(row) }, isNew),
        put({ ...presenceKey(agent_id), ...presence }),
        put(place),
      ],
    });
    for (let tries = 1; ; tries += 1) {
      try {
        await client.send(command);
        return true;
      } catch (error) {
        if (isRefused(error)) return false;
        if (!(error instanceof TransactionCanceledException) || tries >= MAX_TRIES) throw error;
        await waitBeforeRetry(this.#deps, tries);
      }
    }
  }

  /** Should the process die between the two writes, the agent was merely not heard of; its caller tries again. */
  async replace(row: AgentRow): Promise<void> {
    const { client, table: TableName } = this.#deps;
    const { agent_id, updated_at } = row;
    const Item = { ...registrationKey(agent_id), ...agentItem.encode(row) };
    await client.send(new PutItemCommand({ TableName, Item }));
    await this.heard(agent_id, { last_seen: updated_at });
  }

  async heard(agentId: string, presence: Omit<AgentPresence, 'tenant'>): Promise<void> {
    const { client, table: TableName } = this.#deps;
    const { last_seen, resources } = presenceItem.encode(presence);
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: presenceKey(agentId),
        UpdateExpression: `SET last_seen = :now${resources === undefined ? '' : ', resources = :resources'}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: {
          ':now': last_seen ?? { NULL: true },
          ...(resources === undefined ? {} : { ':resources': resources }),
        },
      }),
    );
  }

  async list({ below, limit }: { below: string; limit: number }): Promise<readonly string[]> {
    const { client, table } = this.#deps;
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
        KeyConditionExpression: 'pk = :agents AND sk < :below',
        ExpressionAttributeValues: { ':agents': { S: AGENTS_PARTITION }, ':below': { S: below } },
      }),
    );
    return Items.flatMap(({ sk }) => sk?.S ?? []);
  }

  async #get(keys: readonly Item[]): Promise<Item[]> {
    const { client, table } = this.#deps;
    return await getItems(client, this.#deps, { table, keys, consistent: true });
  }
}

/** Whether the agent was there. Any other reason, such as a second transaction on the same items, may pass. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ConditionalCheckFailed');
}
