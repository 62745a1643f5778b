import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Patch, patchChange } from '../../../core/changes/patch-task.ts';
import { followUpsOf } from '../../../core/follow-up.ts';
import { decodeHistory } from '../../../core/history.ts';
import { MAX_DELAY_SECONDS } from '../../../core/lane-delay.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import { laneOfRow, type TaskRow } from '../../../core/task-row.ts';
import { isLeftToTimers, timerAtOf } from '../../../core/timer.ts';
import { applied, writeOf } from '../../support/applied-change.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';

const HOUR_MS = 3_600_000;
const NEAR = NOW_MS + 60_000;
const FAR = NOW_MS + HOUR_MS;

const patched = (row: TaskRow, patch: Patch, nowMs = NOW_MS): TaskRow =>
  applied(row, patchChange(row, patch, nowMs));
const retrying: TaskRow = { ...aRow(), status: 'retrying', attempt: 1, generation: 2, claimable_at: NEAR };

describe('a patch of metadata and tags', () => {
  it('touches neither time nor lane', () => {
    const row = aRow({ scheduled_at: FAR });
    expect(patched(row, { metadata: { a: 1 }, tags: ['b'] })).toEqual({
      ...row,
      version: 2,
      metadata: { a: 1 },
      tags: ['b'],
    });
  });

  it('leaves a timer as it is that would be none any more', () => {
    const row = aRow({ scheduled_at: FAR });
    const next = patched(row, { tags: ['b'] }, FAR - MAX_DELAY_SECONDS * 1000);
    expect(next).toMatchObject({ timer_at: FAR, generation: 1 });
  });

  it('removes what is empty', () => {
    const row = aRow({ metadata: { a: 1 }, tags: ['b'] });
    const next = patched(row, { metadata: {}, tags: [] });
    expect(next).not.toHaveProperty('metadata');
    expect(next).not.toHaveProperty('tags');
    expect(writeOf(patchChange(aRow(), { metadata: {}, tags: [] }, NOW_MS)).remove).toEqual([]);
  });
});

describe('a patch of the priority', () => {
  it('moves the task to its new lane', () => {
    const next = patched(aRow(), { priority: 9 });
    expect(next).toMatchObject({ priority: 9, generation: 2, version: 2, status: 'queued' });
    expect(followUpsOf(next, aRow())).toMatchObject([{ lane: 'low', generation: 2 }]);
  });

  it('stores no default', () => {
    expect(patched(aRow({ priority: 9 }), { priority: 5 })).not.toHaveProperty('priority');
  });

  it('puts nothing anew that stays in its lane', () => {
    expect(patched(aRow(), { priority: 6 })).toMatchObject({ priority: 6, generation: 1, version: 2 });
  });

  it('keeps the back-off of a task that waits for its retry', () => {
    expect(patched(retrying, { priority: 1 })).toMatchObject({
      status: 'retrying',
      generation: 3,
      claimable_at: NEAR,
    });
  });

  it('moves no task that is on no lane yet', () => {
    expect(patched({ ...aRow(), status: 'waiting' }, { priority: 1 })).toMatchObject({ generation: 1 });
  });
});

describe('a patch of the due time', () => {
  it.each([
    ['near', NEAR, false],
    ['far', FAR, true],
  ] as const)('schedules a queued task: %s ahead', (_, scheduled_at, isTimers) => {
    const next = patched(aRow(), { scheduled_at });
    expect(next).toMatchObject({
      status: 'scheduled',
      claimable_at: scheduled_at,
      scheduled_at,
      generation: 2,
    });
    expect(isLeftToTimers(next)).toBe(isTimers);
    expect(decodeHistory(next.history).at(-1)).toMatchObject({ to: 'scheduled', cause: 'rescheduled' });
  });

  it('takes the place of a back-off', () => {
    expect(patched(retrying, { scheduled_at: FAR })).toMatchObject({
      status: 'scheduled',
      claimable_at: FAR,
      timer_at: FAR,
      generation: 3,
    });
  });

  it.each([
    ['is now', NOW_MS],
    ['is taken away', null],
  ] as const)('queues the task if it %s', (_, scheduled_at) => {
    const row = aRow({ scheduled_at: FAR });
    const next = patched(row, { scheduled_at });
    expect(next).toMatchObject({ status: 'queued', claimable_at: 0, generation: 2 });
    expect(next).not.toHaveProperty('timer_at');
    expect(decodeHistory(next.history).at(-1)).toMatchObject({ to: 'queued', cause: 'due now' });
    expect('scheduled_at' in next).toBe(scheduled_at !== null);
  });

  it('is none if it is the same', () => {
    const row = aRow({ scheduled_at: FAR });
    expect(patched(row, { scheduled_at: FAR })).toEqual({ ...row, version: 2 });
    expect(patched(aRow(), { scheduled_at: null })).toMatchObject({ status: 'queued', generation: 1 });
  });

  it('is another time within `scheduled`, without an entry in the history', () => {
    const row = aRow({ scheduled_at: FAR });
    const next = patched(row, { scheduled_at: FAR + 1 });
    expect(next).toMatchObject({ status: 'scheduled', timer_at: FAR + 1, generation: 2 });
    expect(next.history).toEqual(row.history);
  });

  it('waits behind the dependencies of a waiting task', () => {
    const waiting: TaskRow = { ...aRow(), status: 'waiting' };
    expect(patched(waiting, { scheduled_at: FAR })).toMatchObject({ status: 'waiting', claimable_at: FAR });
    expect(
      patched({ ...waiting, scheduled_at: FAR, claimable_at: FAR }, { scheduled_at: null }),
    ).toMatchObject({
      status: 'waiting',
      claimable_at: 0,
    });
  });
});

describe('a patch of the deadline', () => {
  it('sets the timer, and lets the dispatcher judge the task anew', () => {
    expect(patched(aRow(), { deadline: FAR })).toMatchObject({
      deadline: FAR,
      timer_at: FAR,
      timer_in: '0',
      generation: 2,
    });
  });

  it('takes both away', () => {
    const next = patched(aRow({ deadline: FAR }), { deadline: null });
    expect(next).not.toHaveProperty('deadline');
    expect(next).not.toHaveProperty('timer_at');
    expect(next.generation).toBe(2);
  });

  it('leaves a timer that comes before it', () => {
    const row = aRow({ scheduled_at: FAR });
    expect(patched(row, { deadline: FAR + 1 })).toMatchObject({ timer_at: FAR, generation: 1 });
  });

  it('gives a due time that is near to the lane, as the timer becomes another', () => {
    const row = aRow({ scheduled_at: FAR });
    const next = patched(row, { deadline: FAR + 1 }, FAR - MAX_DELAY_SECONDS * 1000);
    expect(next).toMatchObject({ timer_at: FAR + 1, generation: 2 });
    expect(followUpsOf(next, row)[0]).toMatchObject({ kind: 'send', dueAtMs: FAR });
  });
});

describe('a patch', () => {
  it('is refused by a task that was patched, swept or claimed since it was read', () => {
    const row = aRow();
    const write = writeOf(patchChange(row, { priority: 1 }, NOW_MS));
    for (const change of [{ version: 2 }, { generation: 2 }])
      expect(applyRowWrite({ ...row, ...change }, write).kind).toBe('refused');
    expect(applyRowWrite(claimed(row), write).kind).toBe('refused');
  });

  it.each(['processing', 'completed', 'failed', 'cancelled'] as const)('fails: the task is %s', (status) => {
    expect(patchChange({ ...aRow(), status }, { priority: 1 }, NOW_MS)).toMatchObject({
      kind: 'refused',
      status,
      rule: 'only a task that waits to run can be changed',
    });
  });

  it('fails: its cancel was accepted, and a due time would put it off', () => {
    const restarted = { ...aRow(), cancel_requested: true };
    expect(patchChange(restarted, { scheduled_at: FAR }, NOW_MS)).toMatchObject({
      kind: 'refused',
      rule: 'a task whose cancel was accepted cannot be changed',
    });
  });
});

const aMoment = fc.integer({ min: NOW_MS + 1, max: NOW_MS + 4 * MAX_DELAY_SECONDS * 1000 });
const aPatch: fc.Arbitrary<Patch> = fc.record(
  {
    priority: fc.integer({ min: 1, max: 10 }),
    scheduled_at: fc.option(aMoment),
    deadline: fc.option(aMoment),
    tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const aSubmission = fc.record({ scheduled_at: aMoment, deadline: aMoment }, { requiredKeys: [] });

describe('any two patches of any task', () => {
  it('leave it with somebody who will wake it: the dispatcher is asked anew, or nothing that it goes by has changed', () => {
    fc.assert(
      fc.property(
        aSubmission,
        aPatch,
        aPatch,
        fc.nat({ max: HOUR_MS }),
        (submission, first, second, laterMs) => {
          const row = patched(aRow(submission), first);
          const next = patched(row, second, NOW_MS + laterMs);
          const isSame =
            next.claimable_at === row.claimable_at &&
            next.timer_at === row.timer_at &&
            laneOfRow(next) === laneOfRow(row);
          expect(next.generation).toBe(isSame ? row.generation : row.generation + 1);
          expect(next.version).toBe(3);
          // A due time that is too late for a message was never taken from the timers.
          expect(
            isLeftToTimers(next) || next.claimable_at <= NOW_MS + laterMs + MAX_DELAY_SECONDS * 1000,
          ).toBe(true);
        },
      ),
    );
  });

  it('leave the timer true where a time has changed, and as it was where none has', () => {
    fc.assert(
      fc.property(aSubmission, aPatch, fc.nat({ max: HOUR_MS }), (submission, patch, laterMs) => {
        const row = aRow(submission);
        const next = patched(row, patch, NOW_MS + laterMs);
        const isTimed =
          next.deadline !== row.deadline ||
          next.claimable_at !== row.claimable_at ||
          next.status !== row.status;
        expect(next.timer_at).toBe(isTimed ? timerAtOf(next, NOW_MS + laterMs) : row.timer_at);
      }),
    );
  });
});
