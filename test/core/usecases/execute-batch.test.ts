import { describe, expect, it } from 'vitest';
import { ByteRoom } from '../../../core/byte-room.ts';
import type { AttemptOutcome } from '../../../core/finish.ts';
import type { ReceivedMessage } from '../../../core/ports.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import type { RowWrite, WriteOutcome } from '../../../core/row-write.ts';
import { failure } from '../../../core/task-failure.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import {
  type AttemptRun,
  type ExecuteBatchDeps,
  executeBatch,
} from '../../../core/usecases/execute-batch.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const LEASE_MS = 80_000;

function setup(overrides: Partial<ExecuteBatchDeps> = {}) {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const objects = new InMemoryObjectStore();
  const clock = new FixedClock();
  const runs: string[] = [];
  const putBacks: { receiptHandle: string; delaySeconds: number }[] = [];
  const succeed = async (row: TaskRow) => {
    runs.push(row.task_id);
    const outcome: AttemptOutcome = { kind: 'succeeded', resultAttempt: row.attempt };
    return { result: aResult(row), outcome };
  };
  const deps: ExecuteBatchDeps = {
    tasks,
    results,
    objects,
    room: new ByteRoom(100),
    cache: { put: async () => undefined },
    clock,
    messages: { putBack: async (messages) => void putBacks.push(...messages) },
    random: () => 0.5,
    newLeaseId: () => 'lease-mine',
    run: succeed,
    retryPolicyOf: () => ({ ...DEFAULT_RETRY, jitter: 'none' }),
    leaseMs: LEASE_MS,
    every: () => () => undefined,
    retentionSeconds: 3600,
    onTrouble: () => undefined,
    ...overrides,
  };
  const given = (...rows: TaskRow[]) => rows.forEach((row) => void tasks.rows.set(row.task_id, row));
  const rowOf = (row: TaskRow) => {
    const found = tasks.rows.get(row.task_id);
    if (found === undefined) throw new Error('the row is gone');
    return found;
  };
  const execute = (...messages: ReceivedMessage[]) => executeBatch(deps, messages);
  return { tasks, results, objects, clock, runs, putBacks, given, rowOf, execute, deps };
}

/** A task store whose writes of one kind answer something else, the given number of times. */
function losing(
  inner: InMemoryTaskStore,
  isHit: (write: RowWrite) => boolean,
  answer: (applied: WriteOutcome, write: RowWrite) => WriteOutcome,
): InMemoryTaskStore {
  const write = inner.write.bind(inner);
  inner.write = async (writes) => {
    const outcomes = await write(writes);
    return outcomes.map((outcome, index) => {
      const asked = writes[index];
      return asked !== undefined && isHit(asked) ? answer(outcome, asked) : outcome;
    });
  };
  return inner;
}

const isFinish = (write: RowWrite) => write.set.status !== 'processing';

describe('a batch of lane messages', () => {
  it('claims, runs, stores and completes each task, and keeps no message', async () => {
    const { given, rowOf, execute, results, runs } = setup();
    const rows = [aRow(), aRow(), aRow()];
    given(...rows);

    const report = await execute(...rows.map((row) => aMessage(row)));

    expect(report.failedMessageIds).toEqual([]);
    expect(runs).toHaveLength(3);
    for (const row of rows) {
      expect(rowOf(row)).toMatchObject({ status: 'completed', attempt: 1, version: 3, result_attempt: 1 });
      expect(results.results.has(`${row.task_id}#1`)).toBe(true);
    }
  });

  it('tells the cache of a result when that is stored, before the task has ended', async () => {
    const told: unknown[] = [];
    const row = aRow({ cache_ttl_seconds: 60 });
    const entry = { key: 'k', task_id: row.task_id, attempt: 1, epoch: 0, expires_at: 2e9 };
    const { given, execute, results, rowOf } = setup({
      run: async (claimedRow) => ({
        result: aResult(claimedRow),
        outcome: { kind: 'succeeded', resultAttempt: 1 },
        cacheEntry: entry,
      }),
      cache: {
        put: async (entries) =>
          void told.push(entries, results.results.has(`${row.task_id}#1`), rowOf(row).status),
      },
    });
    given(row);
    await execute(aMessage(row));
    expect(told).toEqual([[entry], true, 'processing']);
    expect(rowOf(row).status).toBe('completed');
  });

  it('tells the cache nothing of a result whose put is not confirmed', async () => {
    const told: unknown[] = [];
    const row = aRow();
    const entry = { key: 'k', task_id: row.task_id, attempt: 1, epoch: 0, expires_at: 2e9 };
    const results = new InMemoryResultStore();
    results.put = async (all) => all.map(() => false);
    const { given, execute } = setup({
      results,
      run: async (claimedRow) => ({
        result: aResult(claimedRow),
        outcome: { kind: 'succeeded', resultAttempt: 1 },
        cacheEntry: entry,
      }),
      cache: { put: async (entries) => void told.push(entries) },
    });
    given(row);
    await execute(aMessage(row));
    expect(told).toEqual([]);
  });

  it('runs a task once when two of its messages come in one batch', async () => {
    const { given, execute, runs } = setup();
    const row = aRow();
    given(row);
    const report = await execute(aMessage(row), aMessage(row));
    expect(runs).toEqual([row.task_id]);
    expect(report.failedMessageIds).toEqual([]);
  });

  it('claims with the highest generation among the messages of a task', async () => {
    const { given, rowOf, execute } = setup();
    const row = { ...aRow(), generation: 2 };
    given(row);
    await execute(aMessage({ ...row, generation: 1 }), aMessage(row));
    expect(rowOf(row).status).toBe('completed');
  });

  it('acknowledges messages of an ended task, of an older generation and of no task', async () => {
    const { given, execute, runs } = setup();
    const ended = { ...claimed(aRow()), status: 'completed' as const };
    const moved = { ...aRow(), generation: 3 };
    given(ended, moved);
    const report = await execute(aMessage(ended), aMessage({ ...moved, generation: 2 }), aMessage(aRow()));
    expect(report.failedMessageIds).toEqual([]);
    expect(runs).toEqual([]);
  });

  it('puts a message back until its task may be claimed', async () => {
    const { given, execute, putBacks, clock } = setup();
    const due = { ...aRow(), status: 'retrying' as const, claimable_at: clock.nowMs() + 7_200 };
    given(due);
    const message = aMessage(due);
    const report = await execute(message);
    expect(report.failedMessageIds).toEqual([message.messageId]);
    expect(putBacks).toEqual([{ receiptHandle: message.receiptHandle, delaySeconds: 8 }]);
  });

  it('goes on when the claim was applied but its answer was lost', async () => {
    const { deps, given, rowOf, execute, tasks } = setup();
    losing(
      tasks,
      (write) => !isFinish(write),
      (_, write) => ({ kind: 'refused', row: tasks.rows.get(write.taskId) }),
    );
    const row = aRow();
    given(row);
    const report = await execute(aMessage(row));
    expect(deps.newLeaseId()).toBe(rowOf(row).lease_id);
    expect(rowOf(row).status).toBe('completed');
    expect(report.failedMessageIds).toEqual([]);
  });

  it('lets a message come back when its claim is unconfirmed, later with each receive', async () => {
    const { given, execute, tasks, putBacks, runs } = setup();
    losing(
      tasks,
      () => true,
      () => ({ kind: 'unconfirmed', reason: 'throttled' }),
    );
    const row = aRow();
    given(row);
    const message = aMessage(row, { receives: 3 });
    const report = await execute(message);
    expect(report.failedMessageIds).toEqual([message.messageId]);
    expect(putBacks).toEqual([{ receiptHandle: message.receiptHandle, delaySeconds: 8 }]);
    expect(runs).toEqual([]);
  });

  it('does not finish a task whose result is not confirmed', async () => {
    const { given, rowOf, execute, results } = setup();
    results.put = async (all) => all.map(() => false);
    const row = aRow();
    given(row);
    const message = aMessage(row);
    const report = await execute(message);
    expect(rowOf(row).status).toBe('processing');
    expect(report.failedMessageIds).toEqual([message.messageId]);
  });

  it('takes its own finish, applied with a lost answer, for a success', async () => {
    const { given, rowOf, execute, tasks } = setup();
    losing(tasks, isFinish, (_, write) => ({ kind: 'refused', row: tasks.rows.get(write.taskId) }));
    const row = aRow();
    given(row);
    const report = await execute(aMessage(row));
    expect(rowOf(row).status).toBe('completed');
    expect(report.failedMessageIds).toEqual([]);
  });

  it('leaves its message alone when somebody else holds the row by now', async () => {
    const { given, execute, tasks, putBacks } = setup();
    const row = aRow();
    given(row);
    losing(tasks, isFinish, () => ({
      kind: 'refused',
      row: { ...claimed(row), attempt: 2, lease_id: 'other' },
    }));
    const message = aMessage(row);
    const report = await execute(message);
    expect(report.failedMessageIds).toEqual([message.messageId]);
    expect(putBacks).toEqual([]);
  });

  it('completes a task with the success that a crashed attempt had stored, without a run', async () => {
    const { given, rowOf, execute, results, runs, clock } = setup();
    const crashed = claimed(aRow());
    given(crashed);
    await results.put([aResult(crashed)]);
    clock.advance(LEASE_MS + 1);
    await execute(aMessage(crashed));
    expect(rowOf(crashed)).toMatchObject({ status: 'completed', attempt: 2, result_attempt: 1 });
    expect(runs).toEqual([]);
  });

  it('counts the error that a crashed attempt had stored as that failure', async () => {
    const { given, rowOf, execute, results, runs, clock } = setup();
    const crashed = claimed(aRow());
    given(crashed);
    await results.put([aResult(crashed, { succeeded: false, error: failure('boom', 'x', true) })]);
    clock.advance(LEASE_MS + 1);
    await execute(aMessage(crashed));
    expect(rowOf(crashed)).toMatchObject({
      status: 'retrying',
      failures: 1,
      counted: 2,
      error: { code: 'boom' },
    });
    expect(runs).toEqual([]);
  });

  it('runs a crashed attempt again at no cost to the attempts of its policy', async () => {
    const { given, rowOf, execute, runs, clock } = setup();
    const crashed = claimed(aRow());
    given(crashed);
    clock.advance(LEASE_MS + 1);
    await execute(aMessage(crashed));
    expect(runs).toEqual([crashed.task_id]);
    expect(rowOf(crashed)).toMatchObject({ status: 'completed', attempt: 2, failures: 0 });
  });

  it('fails a task at the crash limit, saying so', async () => {
    const { given, rowOf, execute, runs } = setup();
    const crashed = { ...claimed(aRow()), attempt: 5, claimable_at: 0 };
    given(crashed);
    await execute(aMessage(crashed));
    expect(rowOf(crashed)).toMatchObject({
      status: 'failed',
      error: { code: 'lease_expired' },
      failed_in: 'normal',
    });
    expect(runs).toEqual([]);
  });

  it('does not start a handler on a lease that is over by its own clock', async () => {
    const { given, execute, tasks, clock, runs } = setup();
    losing(
      tasks,
      (write) => !isFinish(write),
      (applied) => {
        clock.advance(LEASE_MS);
        return applied;
      },
    );
    const row = aRow();
    given(row);
    const message = aMessage(row);
    const report = await execute(message);
    expect(runs).toEqual([]);
    expect(report.failedMessageIds).toEqual([message.messageId]);
  });

  it('holds the other tasks of the batch up for nothing when the payload of one cannot be read', async () => {
    const { given, rowOf, execute, results } = setup();
    results.payloadsOf = async () => {
      throw new Error('throttled');
    };
    const large = aRow({ payload: 'x'.repeat(2000) });
    const small = aRow();
    given(large, small);
    const message = aMessage(large);
    const report = await execute(message, aMessage(small));
    expect(rowOf(small).status).toBe('completed');
    expect(report.failedMessageIds).toEqual([message.messageId]);
  });

  it('finishes fast tasks while a slow one of their batch still runs', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = aRow();
    const fast = aRow();
    const { given, rowOf, execute } = setup({
      run: async (row) => {
        if (row.task_id === slow.task_id) await gate;
        return { result: aResult(row), outcome: { kind: 'succeeded', resultAttempt: row.attempt } };
      },
    });
    given(slow, fast);
    const done = execute(aMessage(slow), aMessage(fast));
    await expect.poll(() => rowOf(fast).status).toBe('completed');
    expect(rowOf(slow).status).toBe('processing');
    release();
    await done;
    expect(rowOf(slow).status).toBe('completed');
  });
});

describe('an attempt that is told to stop', () => {
  /** Runs until it is told to stop; `leave` says what it then leaves. */
  const stopped = (leave: (reason: unknown) => AttemptRun | undefined) => {
    const looks: (() => void)[] = [];
    const overrides: Partial<ExecuteBatchDeps> = {
      every: (_, look) => {
        looks.push(look);
        return () => undefined;
      },
      run: (_row, _payload, stop) =>
        new Promise((resolve) => {
          stop.addEventListener('abort', () => resolve(leave(stop.reason)));
        }),
    };
    return { looks, overrides };
  };

  it('for its cancel ends its task as cancelled', async () => {
    const { looks, overrides } = stopped(() => ({ outcome: { kind: 'cancelled' } }));
    const { given, rowOf, execute, tasks } = setup(overrides);
    const row = aRow();
    given(row);
    const done = execute(aMessage(row));
    await expect.poll(() => looks.length).toBe(1);
    tasks.rows.set(row.task_id, { ...rowOf(row), cancel_requested: true });
    looks[0]?.();
    const report = await done;
    expect(rowOf(row).status).toBe('cancelled');
    expect(report).toMatchObject({ failedMessageIds: [], finished: [{ outcome: { kind: 'cancelled' } }] });
  });

  it('for a lost lease leaves nothing, and its message alone', async () => {
    const { looks, overrides } = stopped(() => undefined);
    const { given, rowOf, execute, tasks, results } = setup(overrides);
    const row = aRow();
    given(row);
    const message = aMessage(row);
    const done = execute(message);
    await expect.poll(() => looks.length).toBe(1);
    const successor = { ...rowOf(row), attempt: 2, lease_id: 'other' };
    tasks.rows.set(row.task_id, successor);
    looks[0]?.();
    expect((await done).failedMessageIds).toEqual([message.messageId]);
    expect(rowOf(row)).toEqual(successor);
    expect(results.results.size).toBe(0);
  });

  it('by nobody goes on; that its row cannot be read is told', async () => {
    const troubles: unknown[] = [];
    const { looks, overrides } = stopped(() => ({ outcome: { kind: 'cancelled' } }));
    const { given, rowOf, execute, tasks } = setup({
      ...overrides,
      onTrouble: (_row, error) => void troubles.push(error),
    });
    const row = aRow();
    given(row);
    const blind = new Error('throttled');
    const readAll = tasks.readAll.bind(tasks);
    tasks.readAll = () => Promise.reject(blind);
    const done = execute(aMessage(row));
    await expect.poll(() => looks.length).toBe(1);
    looks[0]?.();
    await expect.poll(() => troubles).toEqual([blind]);
    expect(rowOf(row).status).toBe('processing');
    tasks.readAll = readAll;
    tasks.rows.set(row.task_id, { ...rowOf(row), cancel_requested: true });
    looks[0]?.();
    await done;
  });
});
