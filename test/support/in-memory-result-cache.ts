import type { CacheEntry, CacheView, ResultCache } from '../../core/result-cache.ts';

/** The result cache in memory. */
export class InMemoryResultCache implements ResultCache {
  readonly entries = new Map<string, CacheEntry>();
  readonly epochs = new Map<string, number>();
  /** Times that it was looked into. */
  looks = 0;

  async look(keys: readonly string[], types: readonly string[]): Promise<CacheView> {
    this.looks += 1;
    return { entries: only(this.entries, keys), epochs: only(this.epochs, types) };
  }

  async put(entries: readonly CacheEntry[]): Promise<void> {
    for (const entry of entries) this.entries.set(entry.key, entry);
  }

  async clear(type: string): Promise<void> {
    this.epochs.set(type, (this.epochs.get(type) ?? 0) + 1);
  }
}

function only<T>(all: ReadonlyMap<string, T>, names: readonly string[]): ReadonlyMap<string, T> {
  return new Map([...all].filter(([name]) => names.includes(name)));
}
