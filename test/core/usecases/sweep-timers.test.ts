import { expect, it } from 'vitest';
import { LOOK_AHEAD_MS } from '../../../core/changes/sweep-timer.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { sweepTimers } from '../../../core/usecases/sweep-timers.ts';
import { aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { InMemoryTimerIndex } from '../../support/in-memory-timer-index.ts';

const HOUR_MS = 3_600_000;

function setup() {
  const tasks = new InMemoryTaskStore();
  const clock = new FixedClock();
  const edges = new InMemoryEdgeStore();
  const given = (row: TaskRow) => {
    tasks.rows.set(row.task_id, row);
    return () => tasks.rows.get(row.task_id);
  };
  const sweep = () =>
    sweepTimers(
      { tasks, timers: new InMemoryTimerIndex(tasks.rows), edges, clock, retentionSeconds: 60 },
      '0',
    );
  return { tasks, edges, clock, given, sweep };
}

it('gives a due time that is near to the lane, once, and leaves what is far', async () => {
  const { clock, given, sweep } = setup();
  const near = given(aRow({ scheduled_at: clock.nowMs() + HOUR_MS }));
  const far = given(aRow({ scheduled_at: clock.nowMs() + 2 * HOUR_MS }));
  expect(await sweep()).toEqual({ due: 0, changed: 0, unconfirmed: 0 });

  clock.advance(HOUR_MS - LOOK_AHEAD_MS);
  expect(await sweep()).toEqual({ due: 1, changed: 1, unconfirmed: 0 });
  expect(near()).toMatchObject({
    status: 'scheduled',
    generation: 2,
    claimable_at: clock.nowMs() + LOOK_AHEAD_MS,
  });
  expect(near()).not.toHaveProperty('timer_at');
  expect(far()).toMatchObject({ generation: 1, timer_at: far()?.claimable_at });
  expect(await sweep()).toEqual({ due: 0, changed: 0, unconfirmed: 0 });
});

it('fails what has not ended by its deadline, and not before', async () => {
  const { clock, given, sweep } = setup();
  const deadline = clock.nowMs() + 60_000;
  const task = given(aRow({ deadline }));
  const running = given(claimed(aRow({ deadline })));
  expect(await sweep()).toEqual({ due: 2, changed: 0, unconfirmed: 0 });
  clock.advance(60_000);
  expect(await sweep()).toEqual({ due: 2, changed: 1, unconfirmed: 0 });
  expect(task()).toMatchObject({
    status: 'failed',
    error: { code: 'deadline_exceeded' },
    failed_in: 'normal',
  });
  expect(running()?.status).toBe('processing');
});

it('walks all pages, also past entries that have nothing to do yet', async () => {
  const { clock, given, sweep } = setup();
  for (let n = 0; n < 150; n += 1) given(aRow({ deadline: clock.nowMs() + 1000 + n }));
  clock.advance(1100);
  expect(await sweep()).toEqual({ due: 150, changed: 101, unconfirmed: 0 });
});

it('tells what is not certain, for the next sweep', async () => {
  const { tasks, clock, given, sweep } = setup();
  given(aRow({ deadline: clock.nowMs() + 1 }));
  clock.advance(1);
  tasks.write = async (writes) => writes.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
  expect(await sweep()).toEqual({ due: 1, changed: 0, unconfirmed: 1 });
});
