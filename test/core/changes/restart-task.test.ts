import { describe, expect, it } from 'vitest';
import { restartChange } from '../../../core/changes/restart-task.ts';
import { lookAtClaim } from '../../../core/claim.ts';
import { finishWrite } from '../../../core/finish.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import { TASK_STATUSES } from '../../../core/status.ts';
import { applied, writeOf } from '../../support/applied-change.ts';
import { aResult, aRow, claimed, NOW_MS } from '../../support/builders.ts';

describe('a restart', () => {
  const row = claimed(aRow());
  const restarted = applied(row, restartChange(row, NOW_MS));

  it('queues the task anew, with a generation of its own', () => {
    expect(restarted).toMatchObject({
      status: 'queued',
      generation: 2,
      version: 3,
      attempt: 1,
      claimable_at: 0,
    });
  });

  it('shuts the running attempt out', () => {
    const terms = { nowMs: NOW_MS, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 60 };
    const finish = finishWrite(row, { kind: 'succeeded', resultAttempt: 1 }, terms);
    expect(applyRowWrite(restarted, finish).kind).toBe('refused');
  });

  it('is a crash by the numbers, so that what the attempt has stored is found', () => {
    const next = claimed(restarted);
    expect(lookAtClaim(next, NOW_MS)).toEqual({ kind: 'read_results' });
    expect(lookAtClaim(next, NOW_MS, [aResult(row)]).kind).toBe('adopt_success');
  });

  it('keeps an accepted cancel', () => {
    const asked = { ...row, cancel_requested: true };
    expect(applied(asked, restartChange(asked, NOW_MS)).cancel_requested).toBe(true);
  });

  it('keeps the timer for the deadline, or sets it', () => {
    const deadline = NOW_MS + 60_000;
    const timed = claimed(aRow({ deadline }));
    expect(applied(timed, restartChange(timed, NOW_MS)).timer_at).toBe(deadline);
    const { timer_at: _at, timer_in: _in, ...untimed } = timed;
    expect(applied(untimed, restartChange(untimed, NOW_MS))).toMatchObject({
      timer_at: deadline,
      timer_in: '0',
    });
  });

  it('is refused by an attempt that has ended since', () => {
    expect(applyRowWrite({ ...row, version: 3 }, writeOf(restartChange(row, NOW_MS))).kind).toBe('refused');
  });

  it.each(TASK_STATUSES.filter((status) => status !== 'processing'))('fails: the task is %s', (status) => {
    expect(restartChange({ ...aRow(), status }, NOW_MS)).toMatchObject({ kind: 'refused', status });
  });
});
