import { type RetryPolicy, retryDelayMs } from './retry.ts';
import { type RowWrite, transition } from './row-write.ts';
import { isEnded, type TaskStatus } from './status.ts';
import { failure, type TaskFailure } from './task-failure.ts';
import { laneOfRow, NEVER, type TaskRow } from './task-row.ts';

/** How an attempt ended. */
export type AttemptOutcome =
  | { readonly kind: 'succeeded'; readonly resultAttempt: number }
  | { readonly kind: 'failed'; readonly failure: TaskFailure; readonly retryAfterSeconds?: number }
  /** Fails the task whatever the policy says: crash limit, dead letter. */
  | { readonly kind: 'ended'; readonly failure: TaskFailure };

export interface FinishTerms {
  readonly nowMs: number;
  /** From [0, 1), for the jitter. */
  readonly random: number;
  readonly policy: RetryPolicy;
  /** How long an ended task is kept. */
  readonly retentionSeconds: number;
}

/**
 * The finish of an attempt, conditional on `status = processing AND attempt = mine`: completed, failed for
 * good, or retrying with its due time. `row` is the row of this attempt's claim.
 */
export function finishWrite(row: TaskRow, outcome: AttemptOutcome, terms: FinishTerms): RowWrite {
  const expect = [
    { attribute: 'attempt', equals: row.attempt },
    { attribute: 'status', oneOf: ['processing'] },
  ] as const;
  const base = { atMs: terms.nowMs, expect, known: row };

  switch (outcome.kind) {
    case 'succeeded':
      return transition(row.task_id, {
        ...base,
        to: 'completed',
        cause:
          outcome.resultAttempt === row.attempt ? 'succeeded' : `result of attempt ${outcome.resultAttempt}`,
        set: { ...ended(terms), result_attempt: outcome.resultAttempt },
      });
    case 'ended':
      return transition(row.task_id, {
        ...base,
        to: 'failed',
        ...failedForGood(row, outcome.failure, terms),
      });
    case 'failed':
      return finishFailed(row, outcome, terms, base);
  }
}

function finishFailed(
  row: TaskRow,
  outcome: AttemptOutcome & { kind: 'failed' },
  terms: FinishTerms,
  base: Pick<Parameters<typeof transition>[1], 'atMs' | 'expect' | 'known'>,
): RowWrite {
  const failures = row.failures + 1;
  const exhausted = failures >= terms.policy.max_attempts;
  if (exhausted || !outcome.failure.retryable) {
    const told = exhausted ? withAttempts(outcome.failure, failures) : outcome.failure;
    const end = failedForGood(row, told, terms);
    return transition(row.task_id, {
      ...base,
      to: 'failed',
      cause: end.cause,
      set: { ...end.set, counted: row.attempt },
      increment: ['failures'],
    });
  }
  const delayMs = retryDelayMs(terms.policy, failures, terms.random, outcome.retryAfterSeconds);
  return transition(row.task_id, {
    ...base,
    to: 'retrying',
    cause: outcome.failure.code,
    set: { claimable_at: terms.nowMs + delayMs, counted: row.attempt, error: outcome.failure },
    increment: ['failures', 'generation'],
  });
}

/** What failing a task for good writes, whoever does it. */
export function failedForGood(
  row: TaskRow,
  error: TaskFailure,
  terms: Pick<FinishTerms, 'nowMs' | 'retentionSeconds'>,
): { readonly cause: string; readonly set: RowWrite['set'] } {
  return { cause: error.code, set: { ...ended(terms), error, failed_in: laneOfRow(row) } };
}

/** The last failure, with the number of attempts; where both do not fit, the number has the place. */
function withAttempts({ code, message, retryable, details }: TaskFailure, attempts: number): TaskFailure {
  const exhausted = { attempts, exhausted: true };
  const told = failure(code, message, retryable, { ...details, ...exhausted });
  return told.details === undefined ? failure(code, message, retryable, exhausted) : told;
}

/** What every end writes: nothing may claim the row again, and it has a date to go. */
export function ended(terms: Pick<FinishTerms, 'nowMs' | 'retentionSeconds'>): RowWrite['set'] {
  return { claimable_at: NEVER, expires_at: Math.ceil(terms.nowMs / 1000) + terms.retentionSeconds };
}

/** What an executor does with its message when its finish was refused. */
export type RefusedFinish = { readonly kind: 'acknowledge' } | { readonly kind: 'report_failed' };

/**
 * Judges a refused finish by the row that refused it. Ended (perhaps by this very write, whose answer was
 * lost) or moved on: acknowledge. The same generation in somebody else's hands, perhaps through this very
 * message: leave the message alone, its new holder lives on it.
 */
export function judgeRefusedFinish(row: TaskRow | undefined, generation: number): RefusedFinish {
  if (row === undefined || isEnded(row.status) || row.generation !== generation)
    return { kind: 'acknowledge' };
  return { kind: 'report_failed' };
}

/** The state that a write leads to. */
export function targetOf(write: RowWrite): TaskStatus {
  if (write.set.status === undefined) throw new TypeError(`the write to ${write.taskId} is no transition`);
  return write.set.status;
}
