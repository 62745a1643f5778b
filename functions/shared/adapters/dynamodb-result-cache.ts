import { type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CacheEntry, CacheView, ResultCache } from '../../../core/result-cache.ts';
import type { BackOff } from './back-off.ts';
import { decodeCacheItem, encodeEntry, entryKey, epochKey } from './cache-item.ts';
import { getItems } from './get-items.ts';

export interface DynamoDbResultCacheDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The result cache in the control table. */
export class DynamoDbResultCache implements ResultCache {
  readonly #deps: DynamoDbResultCacheDeps;

  constructor(deps: DynamoDbResultCacheDeps) {
    this.#deps = deps;
  }

  async look(keys: readonly string[], types: readonly string[]): Promise<CacheView> {
    const { client, table } = this.#deps;
    const items = await getItems(client, this.#deps, {
      table,
      keys: [...keys.map(entryKey), ...types.map(epochKey)],
      consistent: true,
    });
    const entries = new Map<string, CacheEntry>();
    const epochs = new Map<string, number>();
    for (const item of items.map(decodeCacheItem)) {
      if (item.kind === 'entry') entries.set(item.entry.key, item.entry);
      else epochs.set(item.type, item.epoch);
    }
    return { entries, epochs };
  }

  async put(entries: readonly CacheEntry[]): Promise<void> {
    const { client, table } = this.#deps;
    await Promise.all(
      entries.map((entry) => client.send(new PutItemCommand({ TableName: table, Item: encodeEntry(entry) }))),
    );
  }

  /** A lost answer that is asked for again begins one more epoch, which clears as well. */
  async clear(type: string): Promise<void> {
    const { client, table } = this.#deps;
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: epochKey(type),
        UpdateExpression: 'ADD #epoch :one',
        ExpressionAttributeNames: { '#epoch': 'epoch' },
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  }
}
