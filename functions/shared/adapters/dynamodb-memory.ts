import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { MemoryStore } from '../../../core/agents/agent-ports.ts';
import {
  judgeMemoryWrite,
  type MemoryItem,
  type MemoryOutcome,
  type MemoryWrite,
} from '../../../core/agents/memory-write.ts';
import type { BackOff } from './back-off.ts';
import { getItems } from './get-items.ts';
import { type Item, ItemCodec } from './item-codec.ts';
import { memoryUpdate, type Stamp } from './memory-update.ts';

export interface DynamoDbMemoryDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** How an entry is stored, beside its key. */
const memoryItem = new ItemCodec<MemoryItem>({
  value: 'string',
  version: 'number',
  forgotten_at: 'number',
  write_id: 'string',
  expires_at: 'number',
});

/** Tries of one write. The second always fits, unless DynamoDB deletes what has expired just then. */
const MAX_STAMPS = 4;

/** The memories in the control table: each entry has a partition of its own, so that no memory is ever hot. */
export class DynamoDbMemory implements MemoryStore {
  readonly #deps: DynamoDbMemoryDeps;

  constructor(deps: DynamoDbMemoryDeps) {
    this.#deps = deps;
  }

  async read(agentId: string, keys: readonly string[]): Promise<ReadonlyMap<string, MemoryItem>> {
    const { client, table } = this.#deps;
    const query = { table, keys: keys.map((key) => keyOf(agentId, key)), consistent: true };
    const items = await getItems(client, this.#deps, query);
    const start = partitionOf(agentId, '').length;
    return new Map(items.map((item) => [item.pk?.S?.slice(start) ?? '', memoryItem.decode(item)]));
  }

  /**
   * The new version is the clock's time where the entry is older, else one above the entry's: which of the two
   * holds, the write itself finds out. A write whose answer was lost finds its own name in the entry.
   */
  async write(write: MemoryWrite): Promise<MemoryOutcome> {
    let stamp: Stamp = 'clock';
    for (let tries = 1; tries <= MAX_STAMPS; tries += 1) {
      const outcome = await this.#try(write, stamp);
      if (outcome.kind !== 'refused') return outcome;
      const { item } = outcome;
      if (item?.write_id === write.writeId)
        return { kind: 'written', version: item.version, isNew: write.expect.kind === 'absent' };
      const judged = judgeMemoryWrite(item, write);
      if (judged.kind !== 'written') return judged;
      stamp = item !== undefined && item.version >= write.nowMs ? 'next' : 'clock';
    }
    throw new Error(`the entry ${write.key} changed at each of ${MAX_STAMPS} tries`);
  }

  async #try(
    write: MemoryWrite,
    stamp: Stamp,
  ): Promise<MemoryOutcome | { readonly kind: 'refused'; readonly item: MemoryItem | undefined }> {
    const { client, table } = this.#deps;
    const input: UpdateItemCommandInput = {
      TableName: table,
      Key: keyOf(write.agentId, write.key),
      ...memoryUpdate(write, stamp, (name, value) => memoryItem.encodeAttribute(name, value)),
      ReturnValues: 'ALL_OLD',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    try {
      const { Attributes } = await client.send(new UpdateItemCommand(input));
      return judgeMemoryWrite(Attributes === undefined ? undefined : memoryItem.decode(Attributes), write);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { kind: 'refused', item: error.Item === undefined ? undefined : memoryItem.decode(error.Item) };
    }
  }
}

function keyOf(agentId: string, key: string): Item {
  return { pk: { S: partitionOf(agentId, key) }, sk: { S: 'entry' } };
}

/** No id has a `#` in it. */
function partitionOf(agentId: string, key: string): string {
  return `memory#${agentId}#${key}`;
}
