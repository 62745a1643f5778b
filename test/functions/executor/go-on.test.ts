import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { runAttempt } from '../../../functions/executor/run-attempt.ts';
import { taskMemoryOf } from '../../../functions/executor/task-memory.ts';
import { defineTask } from '../../../functions/tasks/define-task.ts';
import { GO_ON, type TaskContext } from '../../../functions/tasks/task-context.ts';
import { aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryMemory } from '../../support/in-memory-memory.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function attempt(handler: (context: TaskContext<unknown>) => unknown, stop = new AbortController().signal) {
  const tasks = new InMemoryTaskStore();
  const row = claimed(aRow());
  tasks.rows.set(row.task_id, row);
  let asked = 0;
  const onError = () => {
    asked += 1;
    return undefined;
  };
  const type = defineTask({ type: 'echo', input: z.unknown(), run: handler, onError });
  const deps = {
    findTaskType: () => type,
    tasks,
    clock: new FixedClock(),
    startUsage: () => () => ({ cpu_ms: 1, max_memory_mb: 80 }),
    logOf: () => silent,
    memoryOf: () =>
      taskMemoryOf(
        { memory: new InMemoryMemory(), clock: new FixedClock(), newWriteId: () => '1' },
        undefined,
      ),
    retentionSeconds: 60,
    debug: {
      memory: () => ({ rss_mb: 100, heap_mb: 20 }),
      process: () => ({ cold: false, function_version: '7', memory_limit_mb: 1769 }),
      memoryGrowthMb: 100,
    },
  };
  return { run: runAttempt(deps, row, '1', stop), tasks, row, asked: () => asked };
}

describe('an attempt that goes on in another', () => {
  it('leaves what it has saved and no result, and is no failure of its type', async () => {
    const { run, tasks, row, asked } = attempt(async ({ checkpoint }) => {
      await checkpoint.save({ next: 7 });
      return GO_ON;
    });
    expect(await run).toEqual({ outcome: { kind: 'released', reason: 'goes on' } });
    expect(tasks.rows.get(row.task_id)).toMatchObject({ checkpoint: '{"next":7}', version: row.version });
    expect(asked()).toBe(0);
  });

  it('is cancelled where that was asked for', async () => {
    const stop = new AbortController();
    const { run } = attempt(() => {
      stop.abort('cancelled');
      return GO_ON;
    }, stop.signal);
    expect(await run).toEqual({ outcome: { kind: 'cancelled' } });
  });

  it('leaves nothing once its lease is lost', async () => {
    const stop = new AbortController();
    const { run } = attempt(() => {
      stop.abort('lease_lost');
      return GO_ON;
    }, stop.signal);
    expect(await run).toBeUndefined();
  });
});
