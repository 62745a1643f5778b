import { describe, expect, it } from 'vitest';
import type { MemoryStore } from '../../core/agents/agent-ports.ts';
import type { MemoryExpectation, MemoryWrite } from '../../core/agents/memory-write.ts';
import { NOW_MS } from '../support/builders.ts';

let serial = 0;

/** What every memory does alike: the fake and the table are held against the same tests. */
export function memoryStoreContract(buildStore: () => MemoryStore): void {
  const aWrite = (key: string, more: Partial<MemoryWrite> = {}): MemoryWrite => {
    serial += 1;
    return {
      agentId: 'agent:7',
      key,
      value: '{"n":1}',
      expect: { kind: 'any' },
      nowMs: NOW_MS,
      writeId: `write-${serial}`,
      ...more,
    };
  };
  const aDeletion = (key: string, more: Partial<MemoryWrite> = {}): MemoryWrite => {
    const { value: _, ...rest } = aWrite(key, more);
    return rest;
  };
  const newKey = () => `key-${crypto.randomUUID()}`;
  const one = async (store: MemoryStore, key: string) => (await store.read('agent:7', [key])).get(key);

  describe('a write', () => {
    it('puts what is not there, and replaces what is', async () => {
      const [store, key] = [buildStore(), newKey()];
      const first = aWrite(key, { value: '{"text":"näme 💥"}', forgottenAtMs: NOW_MS + 60_000 });
      expect(await store.write(first)).toEqual({ kind: 'written', version: NOW_MS, isNew: true });
      expect(await one(store, key)).toMatchObject({
        value: '{"text":"näme 💥"}',
        version: NOW_MS,
        forgotten_at: NOW_MS + 60_000,
      });
      const later = { nowMs: NOW_MS + 5 };
      expect(await store.write(aWrite(key, later))).toEqual({
        kind: 'written',
        version: NOW_MS + 5,
        isNew: false,
      });
      const entry = await one(store, key);
      expect(entry?.value).toBe('{"n":1}');
      expect(entry).not.toHaveProperty('forgotten_at');
      expect(entry).not.toHaveProperty('expires_at');
    });

    it('rises the version also where the clock stands still or goes back', async () => {
      const [store, key] = [buildStore(), newKey()];
      const versions: number[] = [];
      for (const nowMs of [NOW_MS, NOW_MS, NOW_MS - 1000, NOW_MS + 1, NOW_MS + 100]) {
        const outcome = await store.write(aWrite(key, { nowMs }));
        if (outcome.kind === 'written') versions.push(outcome.version - NOW_MS);
      }
      expect(versions).toEqual([0, 1, 2, 3, 100]);
    });

    it('is done once: again, its answer having been lost, it finds itself', async () => {
      const [store, key] = [buildStore(), newKey()];
      for (const expectation of [{ kind: 'absent' }, { kind: 'version', version: NOW_MS }] as const) {
        const write = aWrite(key, { expect: expectation, nowMs: NOW_MS });
        const first = await store.write(write);
        expect(first.kind).toBe('written');
        expect(await store.write(write)).toEqual(first);
      }
    });

    it('keeps the memories of agents apart', async () => {
      const [store, key] = [buildStore(), newKey()];
      await store.write(aWrite(key));
      expect(await store.read('agent:8', [key])).toEqual(new Map());
    });
  });

  describe('a write that expects something', () => {
    const anEntry = async (store: MemoryStore) => {
      const key = newKey();
      await store.write(aWrite(key, { nowMs: NOW_MS - 10 }));
      return key;
    };
    const expectations: readonly [MemoryExpectation, boolean][] = [
      [{ kind: 'version', version: NOW_MS - 10 }, true],
      [{ kind: 'version', version: NOW_MS - 11 }, false],
      [{ kind: 'absent' }, false],
      [{ kind: 'present' }, true],
      [{ kind: 'older', thanMs: NOW_MS - 9 }, true],
      [{ kind: 'older', thanMs: NOW_MS - 10 }, false],
    ];

    it.each(expectations)('%o over an entry: %s', async (expectation, isWritten) => {
      const store = buildStore();
      const key = await anEntry(store);
      const outcome = await store.write(aWrite(key, { expect: expectation, value: '2' }));
      if (!isWritten) expect(outcome).toEqual({ kind: 'mismatch', version: NOW_MS - 10 });
      expect((await one(store, key))?.value).toBe(isWritten ? '2' : '{"n":1}');
    });

    it('finds nothing where nothing is, or nothing any more', async () => {
      const store = buildStore();
      const exact = { kind: 'version', version: NOW_MS } as const;
      expect(await store.write(aWrite(newKey(), { expect: exact }))).toEqual({
        kind: 'mismatch',
        version: undefined,
      });
      expect(await store.write(aWrite(newKey(), { expect: { kind: 'present' } }))).toMatchObject({
        kind: 'mismatch',
      });
      const key = newKey();
      await store.write(aWrite(key, { forgottenAtMs: NOW_MS + 5 }));
      const later = { nowMs: NOW_MS + 5 };
      expect(await store.write(aWrite(key, { ...later, expect: exact }))).toMatchObject({ kind: 'mismatch' });
      expect(await store.write(aWrite(key, { ...later, expect: { kind: 'absent' } }))).toMatchObject({
        kind: 'written',
        isNew: true,
      });
    });

    it('lets one of many win each version', async () => {
      const [store, key] = [buildStore(), newKey()];
      await store.write(aWrite(key));
      const version = (await one(store, key))?.version ?? 0;
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.write(aWrite(key, { value: String(n), expect: { kind: 'version', version } })),
        ),
      );
      expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    });
  });

  describe('a deletion', () => {
    it('takes the entry away, and what comes after it has a higher version', async () => {
      const [store, key] = [buildStore(), newKey()];
      await store.write(aWrite(key));
      expect(await store.write(aDeletion(key))).toMatchObject({ kind: 'written', version: NOW_MS + 1 });
      expect(await one(store, key)).not.toHaveProperty('value');
      expect(await store.write(aDeletion(key))).toEqual({ kind: 'nothing' });
      expect(await store.write(aWrite(key))).toEqual({ kind: 'written', version: NOW_MS + 2, isNew: true });
    });

    it('has nothing to do where there is nothing', async () => {
      const [store, key] = [buildStore(), newKey()];
      expect(await store.write(aDeletion(key))).toEqual({ kind: 'nothing' });
      expect(await one(store, key)).toBeUndefined();
    });

    it('fails over another version', async () => {
      const [store, key] = [buildStore(), newKey()];
      await store.write(aWrite(key));
      const stale = { kind: 'version', version: NOW_MS - 1 } as const;
      expect(await store.write(aDeletion(key, { expect: stale }))).toMatchObject({ kind: 'mismatch' });
      const exact = { kind: 'version', version: NOW_MS } as const;
      expect(await store.write(aDeletion(key, { expect: exact }))).toMatchObject({ kind: 'written' });
    });

    it('keeps away what happened before it', async () => {
      const [store, key] = [buildStore(), newKey()];
      await store.write(aWrite(key));
      await store.write(aDeletion(key, { nowMs: NOW_MS + 50 }));
      const past = { kind: 'older', thanMs: NOW_MS + 20 } as const;
      expect(await store.write(aWrite(key, { expect: past }))).toEqual({
        kind: 'mismatch',
        version: undefined,
      });
    });
  });

  it('reads many at once', async () => {
    const store = buildStore();
    const keys = Array.from({ length: 100 }, newKey);
    for (const [n, key] of keys.entries())
      if (n % 2 === 0) await store.write(aWrite(key, { value: String(n) }));
    const found = await store.read('agent:7', keys);
    expect(found.size).toBe(50);
    expect(found.get(keys[42] ?? '')?.value).toBe('42');
    expect(await store.read('agent:7', [])).toEqual(new Map());
  });
}
