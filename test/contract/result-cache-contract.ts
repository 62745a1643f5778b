import { expect, it } from 'vitest';
import type { CacheEntry, ResultCache } from '../../core/result-cache.ts';
import { aRow } from '../support/builders.ts';

const anEntry = (more: Partial<CacheEntry> = {}): CacheEntry => ({
  key: crypto.randomUUID(),
  task_id: aRow().task_id,
  attempt: 1,
  epoch: 0,
  expires_at: 2_000_000_000,
  ...more,
});

/** What every result cache does alike. */
export function resultCacheContract(buildCache: () => ResultCache): void {
  it('finds entries by their key, and leaves out what is not there', async () => {
    const cache = buildCache();
    const entries = [anEntry(), anEntry({ attempt: 3, epoch: 7 })];
    await cache.put(entries);
    const { entries: found, epochs } = await cache.look(
      [...entries.map(({ key }) => key), 'not-there'],
      ['echo'],
    );
    expect(found).toEqual(new Map(entries.map((entry) => [entry.key, entry])));
    expect(epochs).toEqual(new Map());
  });

  it('puts an entry over the one of before', async () => {
    const cache = buildCache();
    const [older, newer] = [anEntry(), anEntry({ attempt: 2 })];
    await cache.put([older]);
    await cache.put([{ ...newer, key: older.key }]);
    const { entries } = await cache.look([older.key], []);
    expect(entries.get(older.key)).toEqual({ ...newer, key: older.key });
  });

  it('begins another epoch of a type, and of no other, each time it is cleared', async () => {
    const cache = buildCache();
    const [type, other] = [crypto.randomUUID(), crypto.randomUUID()];
    await cache.clear(type);
    await cache.clear(type);
    const { epochs } = await cache.look([], [type, other]);
    expect(epochs).toEqual(new Map([[type, 2]]));
  });

  it('looks up more than a call does', async () => {
    const cache = buildCache();
    const entries = Array.from({ length: 120 }, () => anEntry());
    await cache.put(entries);
    const { entries: found } = await cache.look(
      entries.map(({ key }) => key),
      ['echo'],
    );
    expect(found.size).toBe(120);
  });
}
