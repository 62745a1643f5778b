import type { CacheEntry } from '../../../core/result-cache.ts';
import { type Item, ItemCodec } from './item-codec.ts';

/** How an entry of the result cache is stored in the control table. */
const entryItem = new ItemCodec<CacheEntryItem>({
  pk: 'string',
  sk: 'string',
  task_id: 'string',
  attempt: 'number',
  epoch: 'number',
  expires_at: 'number',
});

interface CacheEntryItem extends Omit<CacheEntry, 'key'> {
  readonly pk: string;
  readonly sk: string;
}

const ENTRY = 'cache#';
const EPOCH = 'cache-epoch#';

/** A partition each, since many tasks may ask for entries of one type at a time. */
export function entryKey(key: string): Item {
  return { pk: { S: `${ENTRY}${key}` }, sk: { S: 'entry' } };
}

export function epochKey(type: string): Item {
  return { pk: { S: `${EPOCH}${type}` }, sk: { S: 'epoch' } };
}

export function encodeEntry({ key, ...entry }: CacheEntry): Item {
  return { ...entryKey(key), ...entryItem.encode(entry) };
}

/** An item of the cache: an entry, or the epoch of a type. */
export type CacheItem =
  | { readonly kind: 'entry'; readonly entry: CacheEntry }
  | { readonly kind: 'epoch'; readonly type: string; readonly epoch: number };

export function decodeCacheItem(item: Item): CacheItem {
  const { pk, sk: _, ...entry } = entryItem.decode(item);
  return pk.startsWith(EPOCH)
    ? { kind: 'epoch', type: pk.slice(EPOCH.length), epoch: entry.epoch }
    : { kind: 'entry', entry: { key: pk.slice(ENTRY.length), ...entry } };
}
