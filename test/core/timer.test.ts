import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followUpsOf } from '../../core/follow-up.ts';
import { MAX_DELAY_SECONDS } from '../../core/lane-delay.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { isEnded, TASK_STATUSES } from '../../core/status.ts';
import { NEVER, type TaskRow } from '../../core/task-row.ts';
import { isLeftToTimers, timerAtOf, timerChange, timerShardOf } from '../../core/timer.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const REACH_MS = MAX_DELAY_SECONDS * 1000;

const aMoment = fc.integer({ min: NOW_MS - 2 * REACH_MS, max: NOW_MS + 4 * REACH_MS });
const aTimed = fc.record(
  {
    status: fc.constantFrom(...TASK_STATUSES),
    claimable_at: fc.oneof(fc.constant(0), fc.constant(NEVER), aMoment),
    deadline: aMoment,
  },
  { requiredKeys: ['status', 'claimable_at'] },
);

/** The row after a write that does to its timer what it must so that the row becomes `next`. */
function changed(row: TaskRow, next: Partial<TaskRow>, nowMs: number): TaskRow {
  const { deadline: _deadline, ...timeless } = row;
  const { set, remove } = timerChange(row, { ...timeless, ...next }, nowMs);
  const write = {
    taskId: row.task_id,
    expect: [],
    set: { ...next, ...set },
    increment: [],
    remove: [...('deadline' in next ? [] : (['deadline'] as const)), ...remove],
    returnRow: true,
  } as const;
  const outcome = applyRowWrite(row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('the write was refused');
  return outcome.row;
}

describe('the timer of a row', () => {
  it.each(['completed', 'failed', 'cancelled', 'processing'] as const)(
    'is none for a task that is %s: nothing must happen to it, or its executor and its lease see to it',
    (status) => {
      const far = NOW_MS + 2 * REACH_MS;
      expect(timerAtOf({ status, claimable_at: far, deadline: far }, NOW_MS)).toBeUndefined();
    },
  );

  it('is none for a task without a deadline whose message comes in time', () => {
    expect(timerAtOf({ status: 'queued', claimable_at: 0 }, NOW_MS)).toBeUndefined();
    expect(timerAtOf({ status: 'scheduled', claimable_at: NOW_MS + REACH_MS }, NOW_MS)).toBeUndefined();
    expect(timerAtOf({ status: 'retrying', claimable_at: NOW_MS + REACH_MS }, NOW_MS)).toBeUndefined();
  });

  it('is the due time that no message can wait for', () => {
    const claimable_at = NOW_MS + REACH_MS + 1;
    expect(timerAtOf({ status: 'scheduled', claimable_at }, NOW_MS)).toBe(claimable_at);
    expect(timerAtOf({ status: 'retrying', claimable_at }, NOW_MS)).toBe(claimable_at);
  });

  it('is the deadline of whatever waits, if that comes first', () => {
    const deadline = NOW_MS + 1;
    for (const status of ['waiting', 'queued', 'scheduled', 'retrying'] as const)
      expect(timerAtOf({ status, claimable_at: NOW_MS + 2 * REACH_MS, deadline }, NOW_MS)).toBe(deadline);
    const early = { status: 'scheduled', claimable_at: NOW_MS + 2 * REACH_MS } as const;
    expect(timerAtOf({ ...early, deadline: early.claimable_at + 1 }, NOW_MS)).toBe(early.claimable_at);
  });

  it('belongs to the shard that the time index has listed the row in', () => {
    expect(timerShardOf({ listed_in: '2026-11-21T10#7' })).toBe('7');
  });
});

describe('a change of the timer', () => {
  it('is nothing at all for a row that has and needs none', () => {
    const row = aRow();
    expect(timerChange(row, { ...row, status: 'processing' }, NOW_MS)).toEqual({
      set: {},
      remove: [],
      isChange: false,
    });
  });

  it('is nothing for a timer that stays', () => {
    const row = aRow({ deadline: NOW_MS + 60_000 });
    expect(timerChange(row, row, NOW_MS)).toEqual({ set: {}, remove: [], isChange: false });
  });

  it('sets moment and shard, and removes both', () => {
    const row = aRow();
    const next = { ...row, deadline: NOW_MS + 60_000 };
    const set = { timer_at: NOW_MS + 60_000, timer_in: '0' };
    expect(timerChange(row, next, NOW_MS)).toEqual({ set, remove: [], isChange: true });
    expect(timerChange({ ...next, ...set }, { ...next, status: 'completed' }, NOW_MS)).toEqual({
      set: {},
      remove: ['timer_at', 'timer_in'],
      isChange: true,
    });
  });

  it('makes the timer that of the row as it becomes, whatever it was', () => {
    fc.assert(
      fc.property(aTimed, aTimed, aMoment, aMoment, (before, after, thenMs, nowMs) => {
        const row = changed(aRow(), before, thenMs);
        const next = changed(row, after, nowMs);
        expect(next.timer_at).toBe(timerAtOf(next, nowMs));
        expect(next.timer_in).toBe(next.timer_at === undefined ? undefined : '0');
      }),
    );
  });
});

describe('what is left to the timers', () => {
  it('is a row whose timer is not after its due time', () => {
    expect(isLeftToTimers({ claimable_at: NOW_MS })).toBe(false);
    expect(isLeftToTimers({ claimable_at: NOW_MS, timer_at: NOW_MS + 1 })).toBe(false);
    expect(isLeftToTimers({ claimable_at: NOW_MS, timer_at: NOW_MS })).toBe(true);
  });

  it('is sent by nobody else, and everything else that waits for its time is, within what SQS can delay', () => {
    fc.assert(
      fc.property(aTimed, (timed) => {
        const row = changed(aRow(), timed, NOW_MS);
        const waits = !isEnded(row.status) && row.status !== 'processing' && row.status !== 'waiting';
        const sends = followUpsOf(row).filter(({ kind }) => kind === 'send');
        expect(sends.length).toBe(waits && !isLeftToTimers(row) ? 1 : 0);
        if (sends.length === 1 && row.status !== 'queued')
          expect(row.claimable_at).toBeLessThanOrEqual(NOW_MS + REACH_MS);
      }),
    );
  });
});
