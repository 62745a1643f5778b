import { describe, expect, it } from 'vitest';
import type { RowWrite, WriteOutcome } from '../../../core/row-write.ts';
import { failure } from '../../../core/task-failure.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { inMemoryExecutor, LEASE_MS } from '../../support/in-memory-executor.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import type { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

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
    const { given, rowOf, execute, results, runs } = inMemoryExecutor();
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
    const { given, execute, results, rowOf } = inMemoryExecutor({
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
    const { given, execute } = inMemoryExecutor({
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
    const { given, execute, runs } = inMemoryExecutor();
    const row = aRow();
    given(row);
    const report = await execute(aMessage(row), aMessage(row));
    expect(runs).toEqual([row.task_id]);
    expect(report.failedMessageIds).toEqual([]);
  });

  it('claims with the highest generation among the messages of a task', async () => {
    const { given, rowOf, execute } = inMemoryExecutor();
    const row = { ...aRow(), generation: 2 };
    given(row);
    await execute(aMessage({ ...row, generation: 1 }), aMessage(row));
    expect(rowOf(row).status).toBe('completed');
  });

  it('acknowledges messages of an ended task, of an older generation and of no task', async () => {
    const { given, execute, runs } = inMemoryExecutor();
    const ended = { ...claimed(aRow()), status: 'completed' as const };
    const moved = { ...aRow(), generation: 3 };
    given(ended, moved);
    const report = await execute(aMessage(ended), aMessage({ ...moved, generation: 2 }), aMessage(aRow()));
    expect(report.failedMessageIds).toEqual([]);
    expect(runs).toEqual([]);
  });

  it('puts a message back until its task may be claimed', async () => {
    const { given, execute, putBacks, clock } = inMemoryExecutor();
    const due = { ...aRow(), status: 'retrying' as const, claimable_at: clock.nowMs() + 7_200 };
    given(due);
    const message = aMessage(due);
    const report = await execute(message);
    expect(report.failedMessageIds).toEqual([message.messageId]);
    expect(putBacks.flat()).toEqual([{ receiptHandle: message.receiptHandle, delaySeconds: 8 }]);
  });

  it('goes on when the claim was applied but its answer was lost', async () => {
    const { deps, given, rowOf, execute, tasks } = inMemoryExecutor();
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
    const { given, execute, tasks, putBacks, runs } = inMemoryExecutor();
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
    expect(putBacks.flat()).toEqual([{ receiptHandle: message.receiptHandle, delaySeconds: 8 }]);
    expect(runs).toEqual([]);
  });

  it('does not finish a task whose result is not confirmed', async () => {
    const { given, rowOf, execute, results } = inMemoryExecutor();
    results.put = async (all) => all.map(() => false);
    const row = aRow();
    given(row);
    const message = aMessage(row);
    const report = await execute(message);
    expect(rowOf(row).status).toBe('processing');
    expect(report.failedMessageIds).toEqual([message.messageId]);
  });

  it('takes its own finish, applied with a lost answer, for a success', async () => {
    const { given, rowOf, execute, tasks } = inMemoryExecutor();
    losing(tasks, isFinish, (_, write) => ({ kind: 'refused', row: tasks.rows.get(write.taskId) }));
    const row = aRow();
    given(row);
    const report = await execute(aMessage(row));
    expect(rowOf(row).status).toBe('completed');
    expect(report.failedMessageIds).toEqual([]);
  });

  it('leaves its message alone when somebody else holds the row by now', async () => {
    const { given, execute, tasks, putBacks } = inMemoryExecutor();
    const row = aRow();
    given(row);
    losing(tasks, isFinish, () => ({
      kind: 'refused',
      row: { ...claimed(row), attempt: 2, lease_id: 'other' },
    }));
    const message = aMessage(row);
    const report = await execute(message);
    expect(report.failedMessageIds).toEqual([message.messageId]);
    expect(putBacks.flat()).toEqual([]);
  });

  it('completes a task with the success that a crashed attempt had stored, without a run', async () => {
    const { given, rowOf, execute, results, runs, clock } = inMemoryExecutor();
    const crashed = claimed(aRow());
    given(crashed);
    await results.put([aResult(crashed)]);
    clock.advance(LEASE_MS + 1);
    await execute(aMessage(crashed));
    expect(rowOf(crashed)).toMatchObject({ status: 'completed', attempt: 2, result_attempt: 1 });
    expect(runs).toEqual([]);
  });

  it('counts the error that a crashed attempt had stored as that failure', async () => {
    const { given, rowOf, execute, results, runs, clock } = inMemoryExecutor();
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
    const { given, rowOf, execute, runs, clock } = inMemoryExecutor();
    const crashed = claimed(aRow());
    given(crashed);
    clock.advance(LEASE_MS + 1);
    await execute(aMessage(crashed));
    expect(runs).toEqual([crashed.task_id]);
    expect(rowOf(crashed)).toMatchObject({ status: 'completed', attempt: 2, failures: 0 });
  });

  it('fails a task at the crash limit, saying so', async () => {
    const { given, rowOf, execute, runs } = inMemoryExecutor();
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
    const { given, execute, tasks, clock, runs } = inMemoryExecutor();
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
    const { given, rowOf, execute, results } = inMemoryExecutor();
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
    const { given, rowOf, execute } = inMemoryExecutor({
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
