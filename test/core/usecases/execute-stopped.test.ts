import { describe, expect, it } from 'vitest';
import type { AttemptRun, ExecuteBatchDeps } from '../../../core/usecases/execute-batch.ts';
import { aMessage, aRow } from '../../support/builders.ts';
import { inMemoryExecutor } from '../../support/in-memory-executor.ts';

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
    const { given, rowOf, execute, tasks } = inMemoryExecutor(overrides);
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
    const { given, rowOf, execute, tasks, results } = inMemoryExecutor(overrides);
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
    const { given, rowOf, execute, tasks } = inMemoryExecutor({
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
