import { describe, expect, it } from 'vitest';
import { judgeDeadLetter } from '../../core/dead-letter.ts';
import { type AttemptOutcome, finishWrite } from '../../core/finish.ts';
import { resultOf } from '../../core/result-view.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aRow, claimed, NOW_MS } from '../support/builders.ts';

const ERROR = failure('boom', 'it broke', true);
const TERMS = {
  nowMs: NOW_MS,
  random: 0,
  policy: { ...DEFAULT_RETRY, max_attempts: 1 },
  retentionSeconds: 60,
};
const row = claimed(aRow({ fallback: { value: { rates: [] } } }));

function finished(outcome: AttemptOutcome, from: TaskRow = row): TaskRow {
  const written = applyRowWrite(from, finishWrite(from, outcome, TERMS));
  if (written.kind !== 'applied' || written.row === undefined) throw new Error('the finish was refused');
  return written.row;
}

describe('a task with a fallback value', () => {
  it('completes with it when its last attempt has failed, and keeps the error and the progress', () => {
    const ended = finished(
      { kind: 'failed', failure: ERROR },
      { ...row, progress: { percent: 40, message: 'half' } },
    );
    expect(ended).toMatchObject({ status: 'completed', fallback_used: true, failures: 1, counted: 1 });
    expect(resultOf(ended, [], NOW_MS)).toMatchObject({
      status: 'completed',
      output: { rates: [] },
      fallback_used: true,
      partial: { percent: 40, message: 'half' },
      error: { code: 'boom', details: { attempts: 1, exhausted: true } },
    });
  });

  it('is retried first, as its policy says', () => {
    const policy = { ...TERMS, policy: DEFAULT_RETRY };
    expect(finishWrite(row, { kind: 'failed', failure: ERROR }, policy).set.status).toBe('retrying');
  });

  it('completes with it at once after an error that is never retried, and at the crash limit', () => {
    expect(finished({ kind: 'failed', failure: { ...ERROR, retryable: false } }).status).toBe('completed');
    expect(finished({ kind: 'ended', failure: ERROR, fallsBack: true }).status).toBe('completed');
  });

  it('fails at its deadline all the same', () => {
    expect(finished({ kind: 'ended', failure: ERROR })).toMatchObject({ status: 'failed', error: ERROR });
  });

  it('completes with it when its message is a dead letter', () => {
    const dead = { ...row, claimable_at: 0 };
    const judged = judgeDeadLetter(dead, dead, { nowMs: NOW_MS, retentionSeconds: 60, receives: 50 }, []);
    expect(judged).toMatchObject({
      kind: 'write',
      write: { set: { status: 'completed', fallback_used: true } },
    });
  });

  it('is cancelled instead when that was asked for meanwhile', () => {
    const write = finishWrite(row, { kind: 'failed', failure: ERROR }, TERMS);
    expect(applyRowWrite({ ...row, cancel_requested: true }, write).kind).toBe('refused');
  });

  it('uses nothing of it when it succeeds', () => {
    const ended = finished({ kind: 'succeeded', resultAttempt: 1 });
    expect(resultOf(ended, [], NOW_MS)).toMatchObject({ fallback_used: false, error: null });
    expect(resultOf(ended, [], NOW_MS)).not.toHaveProperty('partial');
  });
});
