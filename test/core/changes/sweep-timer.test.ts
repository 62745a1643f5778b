import { describe, expect, it } from 'vitest';
import { LOOK_AHEAD_MS, sweepWrite } from '../../../core/changes/sweep-timer.ts';
import { followUpsOf } from '../../../core/follow-up.ts';
import { MAX_DELAY_SECONDS } from '../../../core/lane-delay.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import { TASK_STATUSES } from '../../../core/status.ts';
import { failure } from '../../../core/task-failure.ts';
import { NEVER, type TaskRow } from '../../../core/task-row.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';

const HOUR_MS = 3_600_000;
const terms = (nowMs: number) => ({ nowMs, retentionSeconds: 3600 });

function swept(row: TaskRow, nowMs: number): TaskRow {
  const write = sweepWrite(row, terms(nowMs));
  const outcome = write && applyRowWrite(row, write);
  if (outcome?.kind !== 'applied' || outcome.row === undefined) throw new Error('the sweep wrote nothing');
  return outcome.row;
}

it('looks less far ahead than SQS can delay, so that what it gives to a lane comes just in time', () => {
  expect(LOOK_AHEAD_MS).toBeLessThan(MAX_DELAY_SECONDS * 1000);
});

describe('a due time that is near', () => {
  const row = aRow({ scheduled_at: NOW_MS + HOUR_MS });
  const nowMs = row.claimable_at - LOOK_AHEAD_MS;

  it('is given to the lane: a new generation, the same due time, no timer, and the same version for callers', () => {
    const { timer_at: _at, timer_in: _in, ...timeless } = row;
    expect(swept(row, nowMs)).toEqual({ ...timeless, generation: 2 });
    expect(followUpsOf(swept(row, nowMs), row)).toMatchObject([{ kind: 'send', dueAtMs: row.claimable_at }]);
  });

  it('leaves the timer to the deadline, if there is one', () => {
    const deadline = row.claimable_at + 1;
    expect(swept({ ...row, deadline }, nowMs)).toMatchObject({ generation: 2, timer_at: deadline });
  });

  it('is given once: the second sweep is refused', () => {
    const write = sweepWrite(row, terms(nowMs));
    if (write === undefined) throw new Error('the sweep wrote nothing');
    expect(applyRowWrite(swept(row, nowMs), write).kind).toBe('refused');
    expect(sweepWrite(swept(row, nowMs), terms(nowMs))).toBeUndefined();
  });

  it('is not given while the row has another deadline, time or state than the sweep has read', () => {
    const write = sweepWrite(row, terms(nowMs));
    if (write === undefined) throw new Error('the sweep wrote nothing');
    // A PATCH that puts a deadline beside the same timer raises the version alone.
    const patched = { ...row, version: 2, deadline: row.claimable_at + HOUR_MS };
    expect(applyRowWrite(patched, write).kind).toBe('refused');
    expect(applyRowWrite(claimed(row), write).kind).toBe('refused');
  });

  it('is left where it still is too far for a message', () => {
    expect(sweepWrite(row, terms(NOW_MS))).toBeUndefined();
  });
});

describe('a deadline', () => {
  const deadline = NOW_MS + 60_000;

  it.each(['queued', 'waiting', 'scheduled', 'retrying'] as const)('fails a %s task', (status) => {
    const error = failure('http_status', 'answered 503', true);
    const row = swept({ ...aRow({ deadline }), status, error }, deadline);
    expect(row).toMatchObject({
      status: 'failed',
      claimable_at: NEVER,
      failed_in: 'normal',
      version: 2,
      error: { code: 'deadline_exceeded' },
    });
    expect(row.error?.message).toContain('its last error was http_status: answered 503');
    expect(row).not.toHaveProperty('timer_at');
    expect(row).not.toHaveProperty('timer_in');
  });

  it('ends no task before it has passed', () => {
    expect(sweepWrite(aRow({ deadline }), terms(deadline - 1))).toBeUndefined();
  });

  it('cancels a task whose cancel was accepted', () => {
    const row = { ...aRow({ deadline }), cancel_requested: true };
    expect(swept(row, deadline)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
  });

  it('fails no task over a cancel that was accepted meanwhile', () => {
    const row = aRow({ deadline });
    const write = sweepWrite(row, terms(deadline));
    if (write === undefined) throw new Error('the sweep wrote nothing');
    expect(applyRowWrite({ ...row, cancel_requested: true }, write).kind).toBe('refused');
  });

  it('leaves a running task to its executor, also one that was claimed since it was read', () => {
    const row = aRow({ deadline });
    expect(sweepWrite(claimed(row), terms(deadline))).toBeUndefined();
    const write = sweepWrite(row, terms(deadline));
    if (write === undefined) throw new Error('the sweep wrote nothing');
    expect(applyRowWrite(claimed(row), write).kind).toBe('refused');
  });
});

it.each(TASK_STATUSES)('has nothing to do with a %s task that has no timer', (status) => {
  expect(sweepWrite({ ...aRow(), status, deadline: NOW_MS }, terms(NOW_MS))).toBeUndefined();
});

it.each(['completed', 'failed', 'cancelled'] as const)(
  'leaves a %s task, whatever is left of its timer',
  (status) => {
    const row = { ...aRow({ deadline: NOW_MS + 1 }), status };
    expect(sweepWrite(row, terms(NOW_MS + 1))).toBeUndefined();
  },
);
