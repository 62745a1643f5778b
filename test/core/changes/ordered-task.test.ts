import { describe, expect, it } from 'vitest';
import { patchChange } from '../../../core/changes/patch-task.ts';
import { isNetDue, RENEWED_NET_MS, renewNet } from '../../../core/changes/renew-net.ts';
import { restartChange } from '../../../core/changes/restart-task.ts';
import { retryByHandChange } from '../../../core/changes/retry-by-hand.ts';
import { sweepWrite } from '../../../core/changes/sweep-timer.ts';
import { judgeWake } from '../../../core/changes/wake-task.ts';
import { finishWrite } from '../../../core/finish.ts';
import { followUpsOf } from '../../../core/follow-up.ts';
import { MAX_HISTORY } from '../../../core/history.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { NET_MS } from '../../../core/timer.ts';
import { judgeWatched } from '../../../core/watch.ts';
import { applied, writeOf } from '../../support/applied-change.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';

const LATER_MS = NOW_MS + 5000;
const HOUR_MS = 3_600_000;
const anOrdered = (change: Partial<TaskRow> = {}): TaskRow => ({ ...aRow({ ordering_key: 'k' }), ...change });
const aRetrying = () =>
  anOrdered({ status: 'retrying', claimable_at: NOW_MS + 60_000, attempt: 1, failures: 1 });

describe('restarting an ordered task', () => {
  it('only ends its lease: its message keeps its place', () => {
    const running = claimed(anOrdered());
    const row = applied(running, restartChange(running, LATER_MS));
    expect(row).toMatchObject({
      status: 'processing',
      claimable_at: LATER_MS,
      generation: 1,
      version: running.version + 1,
    });
    expect(followUpsOf(row, running)).toEqual([]);
    expect(judgeWatched(row, running, running.claimable_at)).toBe('lease_lost');
  });

  it('is still told of when its attempt ends all the same, and the history stays within its bounds', () => {
    const terms = { nowMs: LATER_MS, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 60 };
    const success = { kind: 'succeeded', resultAttempt: 1 } as const;
    const running = claimed(anOrdered());
    const restarted = applied(running, restartChange(running, LATER_MS));
    const ended = applied(restarted, { kind: 'write', write: finishWrite(running, success, terms) });
    expect(ended.history.slice(0, -1)).toEqual(restarted.history);
    const old = { ...running, history: Array<string>(MAX_HISTORY).fill(running.history[0] ?? '') };
    expect(finishWrite(old, success, terms).history).toHaveLength(MAX_HISTORY);
  });

  it('fails where nothing runs', () => {
    expect(restartChange(anOrdered(), NOW_MS)).toMatchObject({ kind: 'refused' });
  });
});

describe('changing an ordered task', () => {
  it('moves nothing by its priority, and shows the new one', () => {
    for (const row of [anOrdered(), aRetrying()])
      expect(applied(row, patchChange(row, { priority: 1 }, LATER_MS))).toMatchObject({
        priority: 1,
        generation: row.generation,
        timer_at: row.timer_at,
      });
  });

  it('keeps its place and its net with a new deadline', () => {
    const row = anOrdered();
    const with1 = applied(row, patchChange(row, { deadline: NOW_MS + 2 * NET_MS }, LATER_MS));
    expect(with1).toMatchObject({ generation: 1, timer_at: NOW_MS + NET_MS });
    const earlier = applied(with1, patchChange(with1, { deadline: NOW_MS + 10_000 }, LATER_MS));
    expect(earlier).toMatchObject({ generation: 1, timer_at: NOW_MS + 10_000 });
    const without = applied(earlier, patchChange(earlier, { deadline: null }, LATER_MS));
    expect(without).toMatchObject({ generation: 1, timer_at: LATER_MS + NET_MS });
  });

  it('gives up its place for another time', () => {
    for (const row of [anOrdered(), aRetrying()]) {
      const moved = applied(row, patchChange(row, { scheduled_at: NOW_MS + HOUR_MS }, LATER_MS));
      expect(moved).toMatchObject({ status: 'scheduled', generation: 2, timer_at: NOW_MS + HOUR_MS });
      const back = applied(moved, patchChange(moved, { scheduled_at: null }, LATER_MS));
      expect(back).toMatchObject({ status: 'queued', generation: 3, timer_at: LATER_MS + NET_MS });
      expect(followUpsOf(back, moved)).toMatchObject([{ queue: 'ordered', generation: 3 }]);
    }
    const retrying = aRetrying();
    const same = patchChange(retrying, { scheduled_at: retrying.claimable_at }, LATER_MS);
    expect(applied(retrying, same)).toMatchObject({ status: 'scheduled', generation: 2 });
  });

  it('has its due time judged anew while it waits for that in a lane', () => {
    const scheduled = aRow({ ordering_key: 'k', scheduled_at: NOW_MS + 60_000 });
    const moved = applied(scheduled, patchChange(scheduled, { priority: 1 }, LATER_MS));
    expect(followUpsOf(moved, scheduled)).toMatchObject([{ queue: 'critical', generation: 2 }]);
  });
});

it('takes a new place when it is retried by hand', () => {
  const failed = anOrdered({ status: 'failed', attempt: 3, failures: 3 });
  const { timer_at: _at, timer_in: _in, ...row } = failed;
  const retried = applied(row, retryByHandChange(row, LATER_MS));
  expect(retried).toMatchObject({ status: 'queued', generation: 2, timer_at: LATER_MS + NET_MS });
  expect(followUpsOf(retried, row)).toMatchObject([{ queue: 'ordered', generation: 2 }]);
});

describe('the net below an ordered task', () => {
  it('is due when its time has come and the task waits in its place', () => {
    const row = anOrdered();
    expect(isNetDue(row, NOW_MS + NET_MS - 1)).toBe(false);
    expect(isNetDue(row, NOW_MS + NET_MS)).toBe(true);
    expect(isNetDue({ ...aRetrying(), timer_at: NOW_MS }, NOW_MS)).toBe(true);
    expect(isNetDue({ ...row, deadline: NOW_MS + 1 }, NOW_MS + NET_MS)).toBe(false);
    expect(isNetDue(claimed(row), NOW_MS + NET_MS)).toBe(false);
    expect(isNetDue({ ...aRow(), timer_at: NOW_MS }, NOW_MS)).toBe(false);
    const { timer_at: _at, ...untimed } = row;
    expect(isNetDue(untimed, NOW_MS)).toBe(false);
  });

  it('is nothing that the sweep changes otherwise, but for a deadline', () => {
    const terms = { nowMs: NOW_MS + NET_MS, retentionSeconds: 60 };
    expect(sweepWrite(anOrdered(), terms)).toBeUndefined();
    const late = anOrdered({ deadline: NOW_MS + 1 });
    expect(sweepWrite(late, terms)).toMatchObject({
      set: { status: 'failed' },
      remove: ['timer_at', 'timer_in'],
    });
  });

  it('gives a far due time to the lane, as of any task', () => {
    const scheduled = aRow({ ordering_key: 'k', scheduled_at: NOW_MS + HOUR_MS });
    expect(scheduled.timer_at).toBe(NOW_MS + HOUR_MS);
    const terms = { nowMs: NOW_MS + HOUR_MS - 60_000, retentionSeconds: 60 };
    expect(sweepWrite(scheduled, terms)).toMatchObject({
      increment: ['generation'],
      remove: ['timer_at', 'timer_in'],
    });
  });

  it('is set anew in the order of its sending, an hour ahead, then as far as the task has waited', () => {
    const row = anOrdered();
    const nowMs = NOW_MS + NET_MS;
    expect(renewNet(row, nowMs, 3)).toMatchObject({
      set: { timer_at: nowMs + RENEWED_NET_MS + 3, timer_in: '0' },
      increment: [],
    });
    expect(renewNet(row, NOW_MS + 5 * HOUR_MS, 0).set.timer_at).toBe(NOW_MS + 10 * HOUR_MS);
    const deadline = nowMs + 1;
    expect(renewNet({ ...row, deadline }, nowMs, 0).set.timer_at).toBe(deadline);
    expect(renewNet({ ...row, history: [] }, nowMs, 0).set.timer_at).toBe(nowMs + RENEWED_NET_MS);
  });

  it('is not set anew for a task that was claimed meanwhile', () => {
    const row = anOrdered();
    expect(applyRowWrite(claimed(row), renewNet(row, NOW_MS + NET_MS, 0)).kind).toBe('refused');
  });
});

describe('waking an ordered task', () => {
  const scheduled = aRow({ ordering_key: 'k', scheduled_at: NOW_MS + 60_000 });
  const dueMs = NOW_MS + 60_000;

  it('queues it at its time, with a generation of its own and a net', () => {
    const wake = judgeWake(scheduled, scheduled, dueMs);
    const outcome = wake.kind === 'write' ? applyRowWrite(scheduled, wake.write) : undefined;
    expect(outcome).toMatchObject({
      kind: 'applied',
      row: { status: 'queued', generation: 2, claimable_at: 0, timer_at: dueMs + NET_MS },
    });
    const queued = outcome?.kind === 'applied' ? outcome.row : undefined;
    if (queued === undefined) throw new Error('it was not queued');
    expect(followUpsOf(queued, scheduled)).toMatchObject([{ queue: 'ordered', generation: 2 }]);
    expect(judgeWake(queued, scheduled, dueMs)).toEqual({ kind: 'acknowledge' });
  });

  it('waits until then', () => {
    expect(judgeWake(scheduled, scheduled, dueMs - 1)).toEqual({ kind: 'put_back', untilMs: dueMs });
  });

  it('is needless for a task that is gone, was rescheduled, or has ended', () => {
    expect(judgeWake(undefined, scheduled, dueMs)).toEqual({ kind: 'acknowledge' });
    expect(judgeWake({ ...scheduled, generation: 2 }, scheduled, dueMs)).toEqual({ kind: 'acknowledge' });
    expect(judgeWake({ ...scheduled, status: 'cancelled' }, scheduled, dueMs)).toEqual({
      kind: 'acknowledge',
    });
  });

  it('is not written over a change that came between', () => {
    const wake = judgeWake(scheduled, scheduled, dueMs);
    const changed = applied(scheduled, patchChange(scheduled, { tags: ['new'] }, NOW_MS));
    expect(wake.kind === 'write' && applyRowWrite(changed, wake.write).kind).toBe('refused');
    expect(writeOf(patchChange(changed, { tags: ['old'] }, NOW_MS)).increment).toEqual(['version']);
  });
});
