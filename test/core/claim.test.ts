import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../core/attempt-result.ts';
import { claimWrite, judgeRefusedClaim, lookAtClaim, mayStart, outcomeOfLook } from '../../core/claim.ts';
import { CRASH_LIMIT, SOLO_CRASHES } from '../../core/crashes.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { TASK_STATUSES } from '../../core/status.ts';
import { failure } from '../../core/task-failure.ts';
import { NEVER, type TaskRow } from '../../core/task-row.ts';
import { aResult, aRow, NOW_MS } from '../support/builders.ts';

const LEASE_MS = 80_000;
const TERMS = { nowMs: NOW_MS, leaseMs: LEASE_MS, leaseId: 'mine' };

const processing = (change: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow(),
  status: 'processing',
  attempt: 1,
  claimable_at: NOW_MS + LEASE_MS,
  lease_id: 'theirs',
  ...change,
});
const anError = (row: TaskRow, attempt: number): AttemptResult => {
  const { output: _output, ...rest } = aResult(row, { attempt, succeeded: false });
  return { ...rest, error: failure('handler_error', `attempt ${attempt} failed`, true) };
};

describe('a claim', () => {
  it('takes a queued task: one attempt more, the lease, and the row as it is then', () => {
    const row = aRow();
    const write = claimWrite(row, TERMS);
    expect(write.returnRow).toBe(true);
    expect(applyRowWrite(row, write)).toMatchObject({
      kind: 'applied',
      row: {
        status: 'processing',
        attempt: 1,
        version: 2,
        generation: 1,
        claimable_at: NOW_MS + LEASE_MS,
        lease_id: 'mine',
      },
    });
  });

  it('takes a retry that is due and an attempt whose lease is over', () => {
    const due: TaskRow = { ...aRow(), status: 'retrying', attempt: 1, claimable_at: NOW_MS };
    const over = processing({ claimable_at: NOW_MS });
    expect(applyRowWrite(due, claimWrite(due, TERMS))).toMatchObject({ row: { attempt: 2 } });
    expect(applyRowWrite(over, claimWrite(over, TERMS))).toMatchObject({ row: { attempt: 2 } });
  });

  it.each(['completed', 'failed', 'cancelled', 'waiting'] as const)(
    'is refused by a task that is %s',
    (status) => {
      const row: TaskRow = { ...aRow(), status };
      expect(applyRowWrite(row, claimWrite(row, TERMS)).kind).toBe('refused');
    },
  );

  it('is refused by another generation, a live lease and an early retry', () => {
    const row = aRow();
    expect(applyRowWrite({ ...row, generation: 2 }, claimWrite(row, TERMS)).kind).toBe('refused');
    expect(applyRowWrite(processing(), claimWrite(processing(), TERMS)).kind).toBe('refused');
    const early: TaskRow = { ...row, status: 'retrying', claimable_at: NOW_MS + 1 };
    expect(applyRowWrite(early, claimWrite(early, TERMS)).kind).toBe('refused');
  });
});

describe('a claim that was refused', () => {
  it('goes on when the lease is its own: only the answer was lost', () => {
    const row = processing({ lease_id: 'mine' });
    expect(judgeRefusedClaim(row, row, 'mine')).toEqual({ kind: 'mine', row });
  });

  it('is no longer its own once the attempt is over', () => {
    const row = processing({ lease_id: 'mine', status: 'retrying', generation: 2 });
    expect(judgeRefusedClaim(row, { ...row, generation: 1 }, 'mine')).toEqual({ kind: 'acknowledge' });
  });

  it('acknowledges the message of a task that is gone, has ended or has moved on', () => {
    const row = processing();
    expect(judgeRefusedClaim(undefined, row, 'mine')).toEqual({ kind: 'acknowledge' });
    expect(judgeRefusedClaim({ ...row, status: 'completed', claimable_at: NEVER }, row, 'mine')).toEqual({
      kind: 'acknowledge',
    });
    expect(judgeRefusedClaim({ ...row, generation: 2 }, row, 'mine')).toEqual({ kind: 'acknowledge' });
  });

  it('puts the message back until the task is claimable, since it may be all that wakes it', () => {
    const row = processing();
    expect(judgeRefusedClaim(row, row, 'mine')).toEqual({ kind: 'put_back', untilMs: NOW_MS + LEASE_MS });
  });

  it('never acknowledges the message of a task that lives and has not moved', () => {
    for (const status of TASK_STATUSES.filter((one) => !['completed', 'failed', 'cancelled'].includes(one))) {
      const row = processing({ status });
      expect(judgeRefusedClaim(row, row, 'mine').kind).not.toBe('acknowledge');
    }
  });
});

describe('the look at a claimed row', () => {
  it('runs a task that never crashed, without a read', () => {
    expect(lookAtClaim(processing(), NOW_MS)).toEqual({ kind: 'run' });
    expect(lookAtClaim(processing({ attempt: 3, failures: 1, released: 1 }), NOW_MS)).toEqual({
      kind: 'run',
    });
  });

  it('asks for the results when by the numbers an attempt has crashed', () => {
    expect(lookAtClaim(processing({ attempt: 2 }), NOW_MS)).toEqual({ kind: 'read_results' });
  });

  it('runs again what crashed without a result', () => {
    expect(lookAtClaim(processing({ attempt: 2 }), NOW_MS, [])).toEqual({ kind: 'run' });
  });

  it('adopts the newest success of all attempts, before any error', () => {
    const row = processing({ attempt: 4 });
    const results = [aResult(row, { attempt: 1 }), aResult(row, { attempt: 2 }), anError(row, 3)];
    expect(lookAtClaim(row, NOW_MS, results)).toEqual({ kind: 'adopt_success', result: results[1] });
    expect(lookAtClaim(row, NOW_MS, results.toReversed())).toEqual({
      kind: 'adopt_success',
      result: results[1],
    });
  });

  it('adopts no success of an attempt after its own', () => {
    const row = processing({ attempt: 2 });
    expect(lookAtClaim(row, NOW_MS, [aResult(row, { attempt: 3 })])).toEqual({ kind: 'run' });
  });

  it('counts the newest error that was not counted yet, once', () => {
    const row = processing({ attempt: 4, failures: 1, counted: 1, solo: true });
    const results = [anError(row, 1), anError(row, 2), anError(row, 3)];
    expect(lookAtClaim(row, NOW_MS, results)).toEqual({ kind: 'adopt_failure', failure: results[2]?.error });
    expect(lookAtClaim({ ...row, counted: 3 }, NOW_MS, results)).toEqual({ kind: 'run' });
  });

  it('fails a task whose deadline had ended an attempt that died before its finish: no fallback takes its place', () => {
    const row = processing({ attempt: 2, deadline: NOW_MS });
    const late = failure('deadline_exceeded', 'too late', false);
    const results = [{ ...anError(row, 1), error: late }];
    expect(lookAtClaim(row, NOW_MS, results)).toEqual({ kind: 'fail', failure: late });
    expect(lookAtClaim({ ...row, deadline: NOW_MS + 1 }, NOW_MS, results).kind).toBe('adopt_failure');
    expect(lookAtClaim(row, NOW_MS, [anError(row, 1)]).kind).toBe('adopt_failure');
  });

  it('follows what onError had decided on an error that it counts', () => {
    const row = processing({ attempt: 2 });
    const decision = { action: 'fall_back', result_attempt: 1 } as const;
    const look = lookAtClaim(row, NOW_MS, [{ ...anError(row, 1), output: '1', decision }]);
    expect(look).toEqual({ kind: 'adopt_failure', failure: anError(row, 1).error, decision });
    expect(look.kind !== 'run' && outcomeOfLook(look)).toEqual({
      kind: 'failed',
      failure: anError(row, 1).error,
      decision,
    });
  });

  it('fails a task at the crash limit, and not before', () => {
    const crashed = (crashes: number) =>
      lookAtClaim(processing({ attempt: crashes + 1, solo: true }), NOW_MS, []);
    expect(crashed(CRASH_LIMIT - 1)).toEqual({ kind: 'run' });
    expect(crashed(CRASH_LIMIT)).toMatchObject({
      kind: 'fail',
      failure: { code: 'lease_expired', retryable: false, details: { crashes: CRASH_LIMIT } },
    });
  });

  it('moves a task that keeps crashing to where it runs alone, once', () => {
    const row = processing({ attempt: SOLO_CRASHES + 1 });
    expect(lookAtClaim(row, NOW_MS, [])).toEqual({ kind: 'go_solo' });
    expect(lookAtClaim({ ...row, solo: true }, NOW_MS, [])).toEqual({ kind: 'run' });
    expect(lookAtClaim(processing({ attempt: SOLO_CRASHES }), NOW_MS, [])).toEqual({ kind: 'run' });
  });

  it('cancels before anything else that a task without a stored result may come to', () => {
    const row = processing({ attempt: CRASH_LIMIT + 2, cancel_requested: true, deadline: NOW_MS });
    expect(lookAtClaim(row, NOW_MS, [])).toEqual({ kind: 'cancel' });
    expect(lookAtClaim(row, NOW_MS, [aResult(row, { attempt: 1 })]).kind).toBe('adopt_success');
    expect(lookAtClaim(processing({ cancel_requested: true }), NOW_MS)).toEqual({ kind: 'cancel' });
  });

  it('fails a task whose deadline has come, with its last error', () => {
    const row = processing({ deadline: NOW_MS, error: failure('boom', 'it broke', true) });
    expect(lookAtClaim(row, NOW_MS)).toMatchObject({
      kind: 'fail',
      failure: {
        code: 'deadline_exceeded',
        retryable: false,
        message: expect.stringContaining('boom: it broke'),
      },
    });
    expect(lookAtClaim({ ...row, deadline: NOW_MS + 1 }, NOW_MS)).toEqual({ kind: 'run' });
  });

  it('looks only at the present life of a task that was retried by hand', () => {
    const life = { attempt: 3, failures: 1, released: 0 };
    const row = processing({ attempt: 4, failures: 1, counted: 3, life });
    expect(lookAtClaim(row, NOW_MS)).toEqual({ kind: 'run' });
    const crashed = { ...row, attempt: 5 };
    expect(lookAtClaim(crashed, NOW_MS)).toEqual({ kind: 'read_results' });
    expect(lookAtClaim(crashed, NOW_MS, [aResult(row, { attempt: 2 })])).toEqual({ kind: 'run' });
    expect(lookAtClaim(crashed, NOW_MS, [aResult(row, { attempt: 4 })]).kind).toBe('adopt_success');
  });

  it('prefers what an attempt has stored to the crash limit', () => {
    const row = processing({ attempt: CRASH_LIMIT + 2 });
    expect(lookAtClaim(row, NOW_MS, [aResult(row, { attempt: 1 })]).kind).toBe('adopt_success');
    expect(lookAtClaim(row, NOW_MS, [anError(row, 1)]).kind).toBe('adopt_failure');
  });
});

describe('the outcome of a look that runs nothing', () => {
  const error = failure('handler_error', 'text', true);

  it('is the success, the failure or the end that it found', () => {
    const result = aResult(processing(), { attempt: 2 });
    expect(outcomeOfLook({ kind: 'adopt_success', result })).toEqual({ kind: 'succeeded', resultAttempt: 2 });
    expect(outcomeOfLook({ kind: 'adopt_failure', failure: error })).toEqual({
      kind: 'failed',
      failure: error,
    });
    expect(outcomeOfLook({ kind: 'fail', failure: error })).toEqual({ kind: 'ended', failure: error });
    expect(outcomeOfLook({ kind: 'cancel' })).toEqual({ kind: 'cancelled' });
    expect(outcomeOfLook({ kind: 'go_solo' })).toEqual({ kind: 'released', reason: 'solo' });
  });
});

describe('a handler', () => {
  it('may start until the lease is over, by the executor’s own clock', () => {
    expect(mayStart(1000, 1000 + LEASE_MS - 1, LEASE_MS)).toBe(true);
    expect(mayStart(1000, 1000 + LEASE_MS, LEASE_MS)).toBe(false);
  });
});
