import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../core/task-error.ts';
import { taskMemoryOf } from '../../../functions/executor/task-memory.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryMemory } from '../../support/in-memory-memory.ts';

function setup(agentId: string | undefined = 'agent-7') {
  const store = new InMemoryMemory();
  const clock = new FixedClock();
  let serial = 0;
  const newWriteId = () => {
    serial += 1;
    return `w${serial}`;
  };
  return { store, clock, memory: taskMemoryOf({ memory: store, clock, newWriteId }, agentId) };
}

async function failureOf(
  promise: Promise<unknown>,
): Promise<{ code: string; retryable: boolean; message: string }> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TaskError)) throw new Error(`no TaskError: ${String(error)}`);
  return error;
}

describe('the memory of a handler', () => {
  it('puts, gets and deletes entries of the agent', async () => {
    const { memory, store } = setup();
    const put = await memory.put('k', { list: [1, null] });
    expect(put).toEqual({
      key: 'k',
      value: { list: [1, null] },
      version: expect.any(Number),
      expires_at: null,
      updated_at: '2026-11-21T10:00:00.000Z',
    });
    expect(await memory.get('k')).toEqual(put);
    expect([...store.items.keys()]).toEqual(['agent-7#k']);
    await memory.delete('k');
    await memory.delete('k');
    expect(await memory.get('k')).toBeUndefined();
  });

  it('reads many at once, in the order of the keys', async () => {
    const { memory } = setup();
    for (const key of ['a', 'b']) await memory.put(key, key);
    const found = await memory.getMany(['b', 'x', 'a', 'b']);
    expect(found.map(({ value }) => value)).toEqual(['b', 'a']);
  });

  it('forgets an entry at its time', async () => {
    const { memory, clock } = setup();
    expect((await memory.put('k', 1, { ttlSeconds: 60 })).expires_at).toBe('2026-11-21T10:01:00.000Z');
    clock.advance(60_000);
    expect(await memory.get('k')).toBeUndefined();
    expect((await memory.put('k', 2, { ifAbsent: true })).expires_at).toBeNull();
  });

  it('writes only over the version it is told to', async () => {
    const { memory } = setup();
    const first = await memory.put('k', 1, { ifAbsent: true });
    const second = await memory.put('k', 2, { ifVersion: first.version });
    expect(second.version).toBeGreaterThan(first.version);
    for (const stale of [
      memory.put('k', 3, { ifVersion: first.version }),
      memory.put('k', 3, { ifAbsent: true }),
      memory.put('other', 3, { ifVersion: first.version }),
      memory.delete('k', { ifVersion: first.version }),
    ])
      expect(await failureOf(stale)).toMatchObject({ code: 'version_mismatch', retryable: true });
    await memory.delete('k', { ifVersion: second.version });
  });

  it('has the memory that all share beside it', async () => {
    const { memory, store } = setup();
    await memory.shared.put('k', 1);
    expect([...store.items.keys()]).toEqual(['shared#k']);
    expect(await memory.get('k')).toBeUndefined();
    expect((await memory.shared.get('k'))?.value).toBe(1);
  });

  it('has only the shared one where the task has no agent', async () => {
    const memory = taskMemoryOf(
      { memory: new InMemoryMemory(), clock: new FixedClock(), newWriteId: () => 'w' },
      undefined,
    );
    await memory.shared.put('k', 1);
    for (const call of [memory.get('k'), memory.getMany(['k']), memory.put('k', 1), memory.delete('k')])
      expect(await failureOf(call)).toMatchObject({ code: 'no_agent', retryable: false });
  });

  const circle: { self?: unknown } = {};
  circle.self = circle;
  it.each<[string, (memory: ReturnType<typeof setup>['memory']) => Promise<unknown>, RegExp]>([
    ['a key with a space', (memory) => memory.get('a b'), /"a b" is no key/],
    ['an empty key', (memory) => memory.put('', 1), /"" is no key/],
    [
      '101 keys',
      (memory) => memory.getMany(Array.from({ length: 101 }, (_, n) => `k${n}`)),
      /101 keys; at most 100/,
    ],
    ['a value above 256 KB', (memory) => memory.put('k', 'x'.repeat(262_143)), /262145 bytes/],
    ['no value', (memory) => memory.put('k', undefined), /no JSON: it is undefined/],
    ['a circle', (memory) => memory.put('k', circle), /no JSON: .*circular/],
    ['a TTL of 0', (memory) => memory.put('k', 1, { ttlSeconds: 0 }), /ttl_seconds: 0 is out of range/],
    [
      'two conditions',
      (memory) => memory.put('k', 1, { ifVersion: 1, ifAbsent: true }),
      /exclude each other/,
    ],
    ['a version that is none', (memory) => memory.put('k', 1, { ifVersion: 1.5 }), /1.5 is no version/],
  ])('fails for good for %s', async (_, call, message) => {
    const { memory, store } = setup();
    const error = await failureOf(call(memory));
    expect(error).toMatchObject({ code: 'validation_failed', retryable: false });
    expect(error.message).toMatch(message);
    expect(store.items.size).toBe(0);
  });

  it('fails for now when the store does not answer', async () => {
    const { memory, store } = setup();
    store.write = () => Promise.reject(new Error('throttled'));
    expect(await failureOf(memory.put('k', 1))).toMatchObject({
      code: 'memory_unavailable',
      retryable: true,
    });
  });
});
