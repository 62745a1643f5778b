import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../core/finish.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { ExecuteBatchDeps } from '../../../core/usecases/execute-batch.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { inMemoryExecutor } from '../../support/in-memory-executor.ts';

function setup(rows: readonly TaskRow[], overrides: Partial<ExecuteBatchDeps> = {}) {
  const executor = inMemoryExecutor(overrides);
  executor.given(...rows);
  const messages = rows.map((row) => aMessage(row, { receives: 2 }));
  const { tasks, runs, putBacks: calls } = executor;
  return { tasks, runs, calls, messages, execute: () => executor.execute(...messages) };
}

describe('an executor whose memory is high', () => {
  it('takes on one task of a batch and gives the others back, at no write', async () => {
    const rows = [aRow(), aRow(), aRow()];
    const { tasks, runs, calls, messages, execute } = setup(rows, { isMemoryHigh: () => true });
    const report = await execute();
    expect(runs).toEqual([rows[0]?.task_id]);
    expect(report.failedMessageIds).toEqual(messages.slice(1).map(({ messageId }) => messageId));
    expect(report.refusedClaims).toBe(0);
    expect(calls.flat().map(({ delaySeconds }) => delaySeconds)).toEqual([4, 4]);
    expect([...tasks.rows.values()].map(({ status, attempt }) => [status, attempt])).toEqual([
      ['completed', 1],
      ['queued', 0],
      ['queued', 0],
    ]);
  });

  it('gives claimed tasks back that have not started beside one that runs, and marks that one', async () => {
    const memory = { isHigh: false };
    const rows = [aRow(), aRow()];
    const { tasks, messages, execute } = setup(rows, {
      isMemoryHigh: () => memory.isHigh,
      run: async (row) => {
        memory.isHigh = true;
        const outcome: AttemptOutcome = { kind: 'succeeded', resultAttempt: row.attempt };
        await Promise.resolve();
        return { result: aResult(row), outcome };
      },
    });
    const report = await execute();
    const [ran, back] = rows.map(({ task_id }) => tasks.rows.get(task_id));
    expect(ran).toMatchObject({ status: 'completed', memory_high: 1 });
    expect(back).toMatchObject({ status: 'queued', generation: 2, released: 1, failures: 0 });
    expect(back?.history.at(-1)).toContain('q memory');
    expect(report.failedMessageIds).toEqual([]);
    expect(messages).toHaveLength(2);
  });

  it('sends a task that crashed of it to the larger pool instead of running it', async () => {
    const row: TaskRow = { ...claimed(aRow()), memory_high: 1, claimable_at: 0 };
    const { tasks, runs, execute } = setup([row], { largerPool: 'large' });
    await execute();
    expect(runs).toEqual([]);
    expect(tasks.rows.get(row.task_id)).toMatchObject({ status: 'queued', pool: 'large', generation: 2 });
  });
});

describe('the messages of a pool whose queues hide them for long', () => {
  it('are hidden for the lease and its margin from the claim on, by one call', async () => {
    const { calls, messages, execute } = setup([aRow(), aRow()], { hideSeconds: 90 });
    await execute();
    const hidden = messages.map(({ receiptHandle }) => ({ receiptHandle, delaySeconds: 90 }));
    expect(calls).toEqual([hidden]);
  });

  it('are put back for longer where their task is not free yet: that comes last', async () => {
    const clock = new FixedClock();
    const row: TaskRow = { ...claimed(aRow()), claimable_at: clock.nowMs() + 70_000 };
    const { calls, execute } = setup([row], { hideSeconds: 90, clock });
    await execute();
    expect(calls.map(([first]) => first?.delaySeconds)).toEqual([90, 70]);
  });

  it('are left as they are where the queue hides them for no longer than that', async () => {
    const { calls, execute } = setup([aRow()]);
    await execute();
    expect(calls).toEqual([]);
  });
});
