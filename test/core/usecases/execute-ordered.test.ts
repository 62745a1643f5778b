import { describe, expect, it } from 'vitest';
import { ByteRoom } from '../../../core/byte-room.ts';
import type { AttemptOutcome } from '../../../core/finish.ts';
import { orderGroupOf } from '../../../core/order.ts';
import type { ReceivedMessage } from '../../../core/ports.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { failure } from '../../../core/task-failure.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { AttemptRun } from '../../../core/usecases/execute-batch.ts';
import { type ExecuteOrderedDeps, executeOrdered } from '../../../core/usecases/execute-ordered.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

/** What a task's handler does. */
type Handler = (row: TaskRow) => AttemptOutcome | 'loses its lease' | 'throws' | Promise<AttemptOutcome>;

const succeeds: Handler = (row) => ({ kind: 'succeeded', resultAttempt: row.attempt });
const fails: Handler = () => ({ kind: 'failed', failure: failure('boom', 'it failed', true) });

function setup(overrides: Partial<ExecuteOrderedDeps> = {}) {
  const tasks = new InMemoryTaskStore();
  const clock = new FixedClock();
  const events: string[] = [];
  const putBacks: { readonly name: string; readonly delaySeconds: number }[] = [];
  const removed: string[] = [];
  const looks: (() => void)[] = [];
  const handlers = new Map<string, Handler>();
  const nameOf = (id: string) => tasks.rows.get(id)?.name ?? id;
  const run = async (row: TaskRow): Promise<AttemptRun | undefined> => {
    events.push(`${row.name} starts`);
    const outcome = await (handlers.get(row.name ?? '') ?? succeeds)(row);
    events.push(`${row.name} ends`);
    if (outcome === 'throws') throw new Error('the stores are down');
    if (outcome === 'loses its lease') return undefined;
    return { result: aResult(row, { succeeded: outcome.kind === 'succeeded' }), outcome };
  };
  const write = tasks.write.bind(tasks);
  const claims: string[][] = [];
  tasks.write = async (writes) => {
    const names = writes.filter(({ set }) => set.status === 'processing').map(({ taskId }) => nameOf(taskId));
    if (names.length > 0) claims.push(names);
    return await write(writes);
  };
  const deps: ExecuteOrderedDeps = {
    tasks,
    results: new InMemoryResultStore(),
    objects: new InMemoryObjectStore(),
    room: new ByteRoom(1),
    cache: { put: async () => undefined },
    clock,
    messages: {
      putBack: async (messages) => {
        for (const { receiptHandle, delaySeconds } of messages)
          putBacks.push({ name: receiptHandle, delaySeconds });
      },
    },
    remover: {
      remove: async (messages) => void removed.push(...messages.map(({ receiptHandle }) => receiptHandle)),
    },
    hasTime: () => true,
    random: () => 0,
    newLeaseId: () => 'lease-mine',
    run,
    retryPolicyOf: () => ({ ...DEFAULT_RETRY, jitter: 'none' }),
    leaseMs: 80_000,
    every: (_, look) => {
      looks.push(look);
      return () => void looks.splice(looks.indexOf(look), 1);
    },
    retentionSeconds: 3600,
    onTrouble: () => undefined,
    ...overrides,
  };
  /** Tasks with the messages of a batch, in its order; the first letter of a name is its key. */
  const given = (...named: (string | [string, Partial<TaskRow>])[]): ReceivedMessage[] =>
    named.map((one) => {
      const [name, change] = typeof one === 'string' ? [one, {}] : one;
      const row: TaskRow = { ...aRow({ ordering_key: name.charAt(0), name }), ...change };
      tasks.rows.set(row.task_id, row);
      return aMessage(row, { messageId: name, receiptHandle: name, group: orderGroupOf(row) });
    });
  const statusOf = (name: string) => [...tasks.rows.values()].find((row) => row.name === name)?.status;
  return { deps, tasks, clock, events, putBacks, removed, looks, handlers, claims, given, statusOf };
}

describe('a batch of the ordered queue', () => {
  it('runs each key’s tasks one after the other, and the keys side by side', async () => {
    const { deps, given, events, claims, handlers } = setup();
    const messages = given('a1', 'a2', 'b1', 'b2', 'a3');
    let open: (outcome: AttemptOutcome) => void = () => undefined;
    handlers.set('b1', () => new Promise<AttemptOutcome>((resolve) => (open = resolve)));
    handlers.set('a3', (row) => {
      open({ kind: 'succeeded', resultAttempt: 1 });
      return succeeds(row) as AttemptOutcome;
    });
    const report = await executeOrdered(deps, messages);
    expect(report).toMatchObject({ failedMessageIds: [], refusedClaims: 0 });
    expect(report.finished).toHaveLength(5);
    const ofA = events.filter((event) => event.startsWith('a'));
    expect(ofA).toEqual(['a1 starts', 'a1 ends', 'a2 starts', 'a2 ends', 'a3 starts', 'a3 ends']);
    expect(events.indexOf('b1 starts')).toBeLessThan(events.indexOf('a3 starts'));
    expect(events.filter((event) => event.startsWith('b'))).toEqual([
      'b1 starts',
      'b1 ends',
      'b2 starts',
      'b2 ends',
    ]);
    // The heads by one call, each other task when the one before it has ended.
    expect(claims[0]).toEqual(['a1', 'b1']);
    expect(claims.slice(1).every(({ length }) => length === 1)).toBe(true);
  });

  it('keeps a key behind its failed head, for as long, and no other key', async () => {
    const { deps, given, handlers, putBacks, statusOf } = setup();
    const messages = given('a1', 'b1', 'a2', 'a3', 'b2');
    handlers.set('a1', fails);
    const { failedMessageIds, finished } = await executeOrdered(deps, messages);
    expect(failedMessageIds).toEqual(['a1', 'a2', 'a3']);
    expect(putBacks).toEqual(['a1', 'a2', 'a3'].map((name) => ({ name, delaySeconds: 1 })));
    expect(['a1', 'a2', 'b2'].map(statusOf)).toEqual(['retrying', 'queued', 'completed']);
    expect(finished.map(({ row }) => row.name)).toContain('a1');
  });

  it('looks at a head that waits for long every minute: it may be cancelled', async () => {
    const { deps, given, putBacks, clock } = setup();
    const far = clock.nowMs() + 3_600_000;
    await executeOrdered(deps, given(['a1', { status: 'retrying', claimable_at: far }], 'a2'));
    expect(putBacks).toEqual(['a1', 'a2'].map((name) => ({ name, delaySeconds: 60 })));
  });

  it('claims nothing behind a head that somebody else runs', async () => {
    const { deps, given, events, claims } = setup();
    const running = claimed(aRow({ ordering_key: 'a', name: 'a1' }), 'lease-other');
    const report = await executeOrdered(deps, given(['a1', running], 'a2'));
    expect(report).toMatchObject({ failedMessageIds: ['a1', 'a2'], refusedClaims: 1 });
    expect([events, claims]).toEqual([[], [['a1']]]);
  });

  it('goes on behind what has ended or moved on, and behind a message that comes twice', async () => {
    const { deps, given, events } = setup();
    const [first, ...others] = given(['a1', { status: 'cancelled' }], ['a2', { generation: 2 }], 'a3');
    const [a2, a3] = others.map((message) => ({ ...message, generation: 1 }));
    if (first === undefined || a2 === undefined || a3 === undefined) throw new Error('no messages');
    const again = { ...a3, messageId: 'again', receiptHandle: 'again' };
    const report = await executeOrdered(deps, [first, a2, a3, again]);
    expect(report.failedMessageIds).toEqual([]);
    expect(events).toEqual(['a3 starts', 'a3 ends']);
  });

  it('has a head come back soon that has lost its lease: it may have been restarted', async () => {
    const { deps, given, handlers, putBacks } = setup();
    handlers.set('a1', () => 'loses its lease');
    const { failedMessageIds } = await executeOrdered(deps, given('a1', 'a2'));
    expect(failedMessageIds).toEqual(['a1', 'a2']);
    expect(putBacks).toEqual(['a1', 'a2'].map((name) => ({ name, delaySeconds: 1 })));
  });

  it('leaves a key alone whose head the stores did not let end', async () => {
    const { deps, given, handlers, putBacks } = setup();
    handlers.set('a1', () => 'throws');
    const { failedMessageIds } = await executeOrdered(deps, given('a1', 'a2', 'b1'));
    expect([failedMessageIds, putBacks]).toEqual([['a1', 'a2'], []]);
  });

  it('begins nothing more once its invocation has no time for another attempt', async () => {
    let hasTime = true;
    const { deps, given, handlers, putBacks, statusOf } = setup({ hasTime: () => hasTime });
    handlers.set('a2', (row) => {
      hasTime = false;
      return succeeds(row) as AttemptOutcome;
    });
    const { failedMessageIds } = await executeOrdered(deps, given('a1', 'a2', 'a3', 'a4'));
    expect(failedMessageIds).toEqual(['a3', 'a4']);
    expect(putBacks.map(({ name }) => name)).toEqual(['a3', 'a4']);
    expect(statusOf('a3')).toBe('queued');
  });

  it('deletes what is done while another key still runs, so that no key waits for another', async () => {
    const { deps, given, handlers, removed, looks } = setup();
    handlers.set('b1', async (row) => {
      await new Promise((resolve) => setImmediate(resolve));
      for (const look of looks) look();
      expect(removed).toEqual(['a1', 'a2']);
      return succeeds(row) as AttemptOutcome;
    });
    const report = await executeOrdered(deps, given('a1', 'a2', 'b1'));
    expect(report.failedMessageIds).toEqual([]);
    expect([removed, looks]).toEqual([['a1', 'a2'], []]);
  });

  it('fails whole when the tables cannot be reached, after all that was begun', async () => {
    const { deps, given, tasks, events } = setup();
    const messages = given('a1', 'a2', 'b1');
    const { write } = tasks;
    tasks.write = async (writes) => {
      const isSecond = writes.some(({ taskId }) => taskId === messages[1]?.task_id);
      if (isSecond) throw new Error('no connection');
      return await write(writes);
    };
    await expect(executeOrdered(deps, messages)).rejects.toThrow('no connection');
    expect(events).toContain('b1 ends');
  });
});

describe('a task that has crashed twice', () => {
  const crashedTwice = { attempt: 2, status: 'processing' } as const;

  it('runs alone: every other message of the batch is put back first', async () => {
    const { deps, given, events, putBacks, handlers, statusOf } = setup();
    handlers.set('a1', (row) => {
      expect(putBacks.map(({ name }) => name)).toEqual(['a2', 'b2']);
      return succeeds(row) as AttemptOutcome;
    });
    const messages = given(['a1', crashedTwice], 'a2', 'b1', 'b2', ['c1', { status: 'cancelled' }]);
    const { failedMessageIds } = await executeOrdered(deps, messages);
    expect(events).toEqual(['a1 starts', 'a1 ends']);
    expect(failedMessageIds).toEqual(['a2', 'b1', 'b2']);
    expect(putBacks).toContainEqual({ name: 'b1', delaySeconds: 1 });
    expect(['a1', 'b1', 'b2'].map(statusOf)).toEqual(['completed', 'queued', 'queued']);
  });

  it('gives way to another such one, and comes back with its crashes counted as they are', async () => {
    const { deps, given, events, tasks } = setup();
    const messages = given(['a1', crashedTwice], ['b1', crashedTwice]);
    await executeOrdered(deps, messages);
    expect(events).toEqual(['a1 starts', 'a1 ends']);
    const second = tasks.rows.get(messages[1]?.task_id ?? '');
    expect(second).toMatchObject({ status: 'queued', attempt: 3, released: 1, generation: 1 });
  });

  it('comes back as the first of its key where it is a later one: others run by then', async () => {
    const { deps, given, events, putBacks } = setup();
    const { failedMessageIds } = await executeOrdered(deps, given('a1', ['a2', crashedTwice], 'a3'));
    expect(events).toEqual(['a1 starts', 'a1 ends']);
    expect(failedMessageIds).toEqual(['a2', 'a3']);
    expect(putBacks.map(({ name }) => name)).toEqual(['a2', 'a3']);
  });

  it('is ended without a run by what an earlier attempt has stored, and keeps nobody waiting', async () => {
    const { deps, given, events, statusOf } = setup();
    const messages = given(['a1', crashedTwice], 'a2', 'b1');
    await deps.results.put([aResult({ task_id: messages[0]?.task_id ?? '', attempt: 2 })]);
    await executeOrdered(deps, messages);
    expect(['a1', 'a2', 'b1'].map(statusOf)).toEqual(['completed', 'completed', 'completed']);
    expect(events).not.toContain('a1 starts');
  });

  it('is left alone when its results cannot be read', async () => {
    const { deps, given } = setup();
    deps.results.ofTask = () => Promise.reject(new Error('throttled'));
    const { failedMessageIds } = await executeOrdered(deps, given(['a1', crashedTwice], 'a2'));
    expect(failedMessageIds).toEqual(['a1', 'a2']);
  });
});
