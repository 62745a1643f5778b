import { describe, expect, it } from 'vitest';
import { crashesOf } from '../../core/crashes.ts';
import { type AttemptOutcome, finishWrite, judgeRefusedFinish } from '../../core/finish.ts';
import { decodeHistory } from '../../core/history.ts';
import { MAX_DELAY_SECONDS } from '../../core/lane-delay.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { type FailureDecision, failure } from '../../core/task-failure.ts';
import { NEVER, type TaskRow } from '../../core/task-row.ts';
import { aRow, claimed, NOW_MS } from '../support/builders.ts';

const TERMS = { nowMs: NOW_MS, random: 0.5, policy: DEFAULT_RETRY, retentionSeconds: 3600 };
const ERROR = failure('handler_error', 'text', true, { step: 2 });
const FAILED: AttemptOutcome = { kind: 'failed', failure: ERROR };

function finished(row: TaskRow, outcome: AttemptOutcome, terms = TERMS): TaskRow {
  const applied = applyRowWrite(row, finishWrite(row, outcome, terms));
  if (applied.kind !== 'applied' || applied.row === undefined) throw new Error('the finish was refused');
  return applied.row;
}

describe('a finish', () => {
  it('completes a task with the result that counts; nothing claims it again and it has a date to go', () => {
    const row = claimed(aRow());
    expect(finished(row, { kind: 'succeeded', resultAttempt: 1 })).toMatchObject({
      status: 'completed',
      result_attempt: 1,
      claimable_at: NEVER,
      expires_at: NOW_MS / 1000 + 3600,
      version: 3,
      failures: 0,
    });
  });

  it('names the attempt whose result it adopts', () => {
    const write = finishWrite(claimed(aRow()), { kind: 'succeeded', resultAttempt: 7 }, TERMS);
    expect(write.history?.at(-1)).toMatch(/c result of attempt 7$/);
  });

  it('lets a failed attempt be tried again: anew on its lane, counted, due after the back-off', () => {
    expect(finished(claimed(aRow()), FAILED)).toMatchObject({
      status: 'retrying',
      generation: 2,
      failures: 1,
      counted: 1,
      error: ERROR,
      claimable_at: NOW_MS + 500,
    });
  });

  it('gives a task back that goes on: anew on its lane at once, no failure and no crash', () => {
    const row = finished(claimed(aRow()), { kind: 'released', reason: 'goes on' });
    expect(row).toMatchObject({ status: 'queued', generation: 2, failures: 0, released: 1, claimable_at: 0 });
    expect(row).not.toHaveProperty('solo');
    expect(crashesOf(claimed(row))).toBe(0);
  });

  it('gives a task back that is to run alone', () => {
    const row = finished(claimed(aRow()), { kind: 'released', reason: 'solo' });
    expect(row).toMatchObject({ status: 'queued', solo: true, generation: 2, released: 1 });
  });

  it('waits as long as the failure asks for', () => {
    const row = finished(claimed(aRow()), { ...FAILED, retryAfterSeconds: 60 });
    expect(row.claimable_at).toBe(NOW_MS + 60_000);
  });

  it('fails a task whose attempts are used up, and says how many there were', () => {
    const row = claimed({ ...aRow({ priority: 9 }), failures: 2 });
    expect(finished(row, FAILED)).toMatchObject({
      status: 'failed',
      failures: 3,
      counted: 1,
      generation: 1,
      claimable_at: NEVER,
      failed_in: 'low',
      error: { ...ERROR, details: { step: 2, attempts: 3, exhausted: true } },
    });
  });

  it('says how many attempts there were even where the details leave no room for it', () => {
    const large = failure('handler_error', 'text', true, { blob: 'x'.repeat(2030) });
    const row = finished(claimed({ ...aRow(), failures: 2 }), { kind: 'failed', failure: large });
    expect(row.error?.details).toEqual({ attempts: 3, exhausted: true });
  });

  it('fails a task at once whose failure is not retryable: it was the last attempt', () => {
    const final = failure('http_status', '404', false);
    expect(finished(claimed(aRow()), { kind: 'failed', failure: final })).toMatchObject({
      status: 'failed',
      failures: 1,
      error: { ...final, details: { attempts: 1, exhausted: true } },
    });
  });

  describe('that onError has decided', () => {
    const decided = (decision: FailureDecision, error = ERROR): AttemptOutcome => ({
      kind: 'failed',
      failure: error,
      retryAfterSeconds: 60,
      decision,
    });
    const final = failure('http_status', '404', false);

    it('tries an error again that is otherwise never retried', () => {
      expect(finished(claimed(aRow()), decided({ action: 'retry' }, final))).toMatchObject({
        status: 'retrying',
        error: final,
        claimable_at: NOW_MS + 60_000,
      });
    });

    it('waits as long as it was decided, whatever the policy or the server say', () => {
      const row = finished(claimed(aRow()), decided({ action: 'retry', delay_seconds: 0.25 }));
      expect(row.claimable_at).toBe(NOW_MS + 250);
    });

    it('fails a task whose attempts are used up all the same', () => {
      const row = claimed({ ...aRow(), failures: 2 });
      expect(finished(row, decided({ action: 'retry', delay_seconds: 1 }))).toMatchObject({
        status: 'failed',
        error: { details: { attempts: 3, exhausted: true } },
      });
    });

    it('fails a task that could only be tried after its deadline', () => {
      const row = claimed(aRow({ deadline: NOW_MS + 1000 }));
      expect(finished(row, decided({ action: 'retry', delay_seconds: 1 }, final))).toMatchObject({
        status: 'failed',
        error: { code: 'deadline_exceeded' },
      });
    });

    it.each(['fail', 'compensate'] as const)('fails a task at once by %s', (action) => {
      expect(finished(claimed(aRow()), decided({ action }))).toMatchObject({
        status: 'failed',
        failures: 1,
        error: ERROR,
        failed_in: 'normal',
      });
    });

    it('uses the fallback of a task that is to fail, and none of one that is to be compensated', () => {
      const row = claimed(aRow({ fallback: { value: 0 } }));
      expect(finished(row, decided({ action: 'fail' }))).toMatchObject({
        status: 'completed',
        fallback_used: true,
      });
      expect(finished(row, decided({ action: 'compensate' }))).toMatchObject({ status: 'failed' });
    });

    it('completes a task with what it falls back to, and keeps the error', () => {
      const row = finished(claimed(aRow()), decided({ action: 'fall_back', result_attempt: 1 }));
      expect(row).toMatchObject({
        status: 'completed',
        result_attempt: 1,
        fallback_used: true,
        failures: 1,
        error: ERROR,
        claimable_at: NEVER,
      });
      expect(row).not.toHaveProperty('failed_in');
      expect(row.history.at(-1)).toMatch(/c fell back$/);
    });

    it('tells of a last attempt that it falls back from', () => {
      const row = claimed({ ...aRow(), failures: 2 });
      expect(finished(row, decided({ action: 'fall_back', result_attempt: 1 })).error?.details).toEqual({
        step: 2,
        attempts: 3,
        exhausted: true,
      });
    });

    it('does not overtake a cancel, whatever it decides', () => {
      const row = claimed(aRow());
      const now = { ...row, cancel_requested: true };
      for (const decision of [{ action: 'retry' }, { action: 'fall_back', result_attempt: 1 }] as const) {
        expect(applyRowWrite(now, finishWrite(row, decided(decision), TERMS)).kind).toBe('refused');
      }
    });
  });

  it('ends a task whatever the policy says, without counting a failure', () => {
    const limit = failure('lease_expired', 'five', false);
    const row = finished(claimed(aRow()), { kind: 'ended', failure: limit });
    expect(row).toMatchObject({ status: 'failed', failures: 0, error: limit, failed_in: 'normal' });
    expect(row).not.toHaveProperty('counted');
  });

  it('gives a claim back to where tasks run alone, counted as neither a failure nor a crash', () => {
    const row = finished(claimed(aRow()), { kind: 'released', reason: 'solo' });
    expect(row).toMatchObject({
      status: 'queued',
      solo: true,
      claimable_at: 0,
      generation: 2,
      released: 1,
      failures: 0,
    });
    expect(crashesOf(claimed(row))).toBe(0);
  });

  it('gives a claim back until what it needs is in order again', () => {
    const dueAtMs = NOW_MS + 30_000;
    const row = finished(claimed(aRow()), { kind: 'released', reason: 'circuit', dueAtMs });
    expect(row).toMatchObject({
      status: 'retrying',
      claimable_at: dueAtMs,
      generation: 2,
      released: 1,
      failures: 0,
    });
    expect(row).not.toHaveProperty('counted');
    expect(row).not.toHaveProperty('solo');
    expect(crashesOf(claimed(row))).toBe(0);
    expect(decodeHistory(row.history).at(-1)).toMatchObject({ to: 'retrying', cause: 'circuit_open' });
  });

  it('cancels a task, and tells its last error along', () => {
    expect(finished(claimed({ ...aRow(), error: ERROR }), { kind: 'cancelled' })).toMatchObject({
      status: 'cancelled',
      claimable_at: NEVER,
      error: {
        code: 'cancelled',
        message: 'the task was cancelled; its last error was handler_error: text',
        retryable: false,
      },
    });
    expect(finished(claimed(aRow()), { kind: 'cancelled' }).error?.message).toBe('the task was cancelled');
  });

  it('counts the attempts of this life alone', () => {
    const life = { attempt: 4, failures: 2, released: 0 };
    const row = claimed({ ...aRow(), attempt: 4, failures: 2, life });
    expect(finished(row, FAILED)).toMatchObject({
      status: 'retrying',
      failures: 3,
      claimable_at: NOW_MS + 500,
    });
    const last = claimed({ ...aRow(), attempt: 6, failures: 4, life });
    expect(finished(last, FAILED)).toMatchObject({ status: 'failed', error: { details: { attempts: 3 } } });
  });

  it('leaves a retry to the timers that no message can wait for, and to the lane what one can', () => {
    const far = finished(claimed(aRow()), { ...FAILED, retryAfterSeconds: MAX_DELAY_SECONDS + 1 });
    expect(far).toMatchObject({ timer_at: far.claimable_at, timer_in: '0' });
    const near = finished(claimed(aRow()), { ...FAILED, retryAfterSeconds: MAX_DELAY_SECONDS });
    expect(near).not.toHaveProperty('timer_at');
  });

  it('keeps the timer of a deadline for the retry, and takes it away at the end', () => {
    const row = claimed(aRow({ deadline: NOW_MS + 60_000 }));
    expect(finished(row, FAILED)).toMatchObject({ status: 'retrying', timer_at: NOW_MS + 60_000 });
    expect(finished(row, { kind: 'succeeded', resultAttempt: 1 })).not.toHaveProperty('timer_at');
  });

  it('fails a task at once whose retry would come at its deadline or after it', () => {
    const deadline = NOW_MS + 500;
    const row = finished(claimed(aRow({ deadline })), FAILED);
    expect(row).toMatchObject({
      status: 'failed',
      failures: 1,
      counted: 1,
      error: { code: 'deadline_exceeded' },
    });
    expect(row.error?.message).toContain('its last error was handler_error: text');
    expect(finished(claimed(aRow({ deadline: deadline + 1 })), FAILED).status).toBe('retrying');
  });

  it.each<[string, AttemptOutcome]>([
    ['failed', { kind: 'ended', failure: ERROR }],
    ['failed after the last attempt', { kind: 'failed', failure: { ...ERROR, retryable: false } }],
    ['retrying', FAILED],
    ['retrying, for an open circuit', { kind: 'released', reason: 'circuit', dueAtMs: NOW_MS }],
  ])('never writes %s over an accepted cancel', (_, outcome) => {
    const row = claimed(aRow());
    const now = { ...row, cancel_requested: true };
    expect(applyRowWrite(now, finishWrite(row, outcome, TERMS))).toEqual({ kind: 'refused', row: now });
  });

  it.each<[string, AttemptOutcome]>([
    ['completes', { kind: 'succeeded', resultAttempt: 1 }],
    ['cancels', { kind: 'cancelled' }],
    ['moves to where it runs alone', { kind: 'released', reason: 'solo' }],
  ])('%s a task whose cancel was accepted', (_, outcome) => {
    const row = claimed(aRow());
    const now = { ...row, cancel_requested: true };
    expect(applyRowWrite(now, finishWrite(row, outcome, TERMS)).kind).toBe('applied');
  });

  it.each([
    ['a later attempt', { attempt: 2 }],
    ['a task that has ended', { status: 'completed' }],
    ['a task that waits for its retry', { status: 'retrying', generation: 2 }],
  ] as const)('is refused by %s', (_, change) => {
    const row = claimed(aRow());
    const now = { ...row, ...change };
    const outcomes: AttemptOutcome[] = [
      FAILED,
      { kind: 'succeeded', resultAttempt: 1 },
      { kind: 'ended', failure: ERROR },
    ];
    for (const outcome of outcomes)
      expect(applyRowWrite(now, finishWrite(row, outcome, TERMS))).toEqual({ kind: 'refused', row: now });
  });
});

describe('a finish that was refused', () => {
  const row = claimed(aRow());

  it('acknowledges when the task is gone, has ended or has moved on', () => {
    expect(judgeRefusedFinish(undefined, row)).toEqual({ kind: 'acknowledge' });
    expect(judgeRefusedFinish({ ...row, status: 'completed' }, row)).toEqual({ kind: 'acknowledge' });
    expect(judgeRefusedFinish({ ...row, status: 'retrying', generation: 2 }, row)).toEqual({
      kind: 'acknowledge',
    });
  });

  it('leaves the message of the same generation in other hands', () => {
    expect(judgeRefusedFinish({ ...row, attempt: 2 }, row)).toEqual({ kind: 'report_failed' });
    const others = { ...row, attempt: 2, cancel_requested: true };
    expect(judgeRefusedFinish(others, row)).toEqual({ kind: 'report_failed' });
  });

  it('is the cancel that was accepted meanwhile', () => {
    expect(judgeRefusedFinish({ ...row, cancel_requested: true }, row)).toEqual({ kind: 'cancel_instead' });
  });
});
