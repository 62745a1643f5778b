import type { AttemptResult } from './attempt-result.ts';
import { deadlineExceeded } from './deadline.ts';
import { fallbackTaskIdOf, nextFallbackMember } from './fallback-task.ts';
import { MAX_HISTORY } from './history.ts';
import { isOrdered } from './order.ts';
import { type RetryPolicy, retryDelayMs } from './retry.ts';
import { type Expectation, type RowWrite, type Settable, transition } from './row-write.ts';
import { isEnded, type TaskStatus } from './status.ts';
import { type FailureDecision, failure, type TaskFailure } from './task-failure.ts';
import { laneOfRow, lifeOf, NEVER, type TaskRow } from './task-row.ts';
import { timerChange } from './timer.ts';

/** How an attempt ended. */
export type AttemptOutcome =
  | {
      readonly kind: 'succeeded';
      readonly resultAttempt: number;
      /** The result's output is an object. */
      readonly hasObjects?: true;
    }
  | {
      readonly kind: 'failed';
      readonly failure: TaskFailure;
      readonly retryAfterSeconds?: number;
      /** What the task type's `onError` has decided. @default what the policy says */
      readonly decision?: FailureDecision;
      /** The output that it falls back to is an object. */
      readonly hasObjects?: true;
    }
  /** Fails the task whatever the policy says: crash limit (its fallback may take over), deadline. */
  | { readonly kind: 'ended'; readonly failure: TaskFailure; readonly fallsBack?: boolean }
  /** Its cancel was requested, and nothing more runs. */
  | { readonly kind: 'cancelled' }
  /** The claim is given back without a run: the next attempt runs alone, or where there is room for it. */
  | { readonly kind: 'released'; readonly reason: 'solo' | 'memory' }
  /** The claim is given back without a run: the next attempt runs in a larger pool. */
  | { readonly kind: 'released'; readonly reason: 'larger_pool'; readonly pool: string }
  /** The claim is given back: the next attempt goes on at once, from the checkpoint of this one. */
  | { readonly kind: 'released'; readonly reason: 'goes on' }
  /** The same, so that another task of its batch runs alone, or itself next time, in the place that it has. */
  | { readonly kind: 'released'; readonly reason: 'alone' }
  /** The claim is given back without a run: what it needs is known to be out of order until then. */
  | { readonly kind: 'released'; readonly reason: 'circuit'; readonly dueAtMs: number };

/** The success of the attempt that left a result. */
export function successOf({ attempt, output_bytes }: AttemptResult): AttemptOutcome & { kind: 'succeeded' } {
  const success = { kind: 'succeeded', resultAttempt: attempt } as const;
  return output_bytes === undefined ? success : { ...success, hasObjects: true };
}

/** The outcome of an attempt by the result that it has stored: its output may have become an object. */
export function outcomeAsStored(outcome: AttemptOutcome, result: AttemptResult): AttemptOutcome {
  if (outcome.kind === 'succeeded') return successOf(result);
  const isObject = outcome.kind === 'failed' && result.output_bytes !== undefined;
  return isObject ? { ...outcome, hasObjects: true } : outcome;
}

/** What a finish writes for a result whose output is an object: when the row goes, its objects go. */
export function objectMark(hasObjects: boolean | undefined): Settable {
  return hasObjects === true ? { has_objects: true } : {};
}

export interface FinishTerms {
  readonly nowMs: number;
  /** From [0, 1), for the jitter. */
  readonly random: number;
  readonly policy: RetryPolicy;
  /** How long an ended task is kept. */
  readonly retentionSeconds: number;
}

/** The end by a success that was stored before whoever was to finish its attempt died. */
export function completedBy(success: AttemptResult, terms: EndTerms): Finish {
  const mark = objectMark(success.output_bytes !== undefined);
  const set = { ...ended(terms), result_attempt: success.attempt, ...mark };
  return { to: 'completed', cause: `result of attempt ${success.attempt}`, set };
}

/** What every write of `failed` or `retrying` demands, by whomever: an accepted cancel is never overtaken. */
export const NO_CANCEL: Expectation = { attribute: 'cancel_requested', absent: true };

/**
 * The finish of an attempt, conditional on `status = processing AND attempt = mine`: completed, failed for
 * good, cancelled, retrying with its due time, or back in a queue. `row` is the row of this attempt's claim.
 */
export function finishWrite(row: TaskRow, outcome: AttemptOutcome, terms: FinishTerms): RowWrite {
  switch (outcome.kind) {
    case 'succeeded':
      return finish(row, terms, {
        to: 'completed',
        cause:
          outcome.resultAttempt === row.attempt ? 'succeeded' : `result of attempt ${outcome.resultAttempt}`,
        set: { ...ended(terms), result_attempt: outcome.resultAttempt, ...objectMark(outcome.hasObjects) },
      });
    case 'ended':
      return finish(row, terms, {
        ...(outcome.fallsBack
          ? lastFailure(row, outcome.failure, terms)
          : failed(row, outcome.failure, terms)),
      });
    case 'cancelled':
      return finish(row, terms, { to: 'cancelled', ...cancelledForGood(row, terms) });
    case 'released':
      return finish(row, terms, {
        ...releasedTo(outcome),
        increment: [...renewing(row), 'released'],
      });
    case 'failed':
      return finishFailed(row, outcome, terms);
  }
}

/** What is to come back gets a new message; an ordered task comes back by the one that has its place. */
function renewing(row: TaskRow): readonly 'generation'[] {
  return isOrdered(row) ? [] : ['generation'];
}

/** An end, or another state, that a finish writes. */
export interface Finish {
  readonly to: TaskStatus;
  readonly cause: string;
  readonly set: Settable & Pick<TaskRow, 'claimable_at'>;
  readonly increment?: RowWrite['increment'];
}

/** Where a claim that is given back leaves its task. */
function releasedTo(outcome: AttemptOutcome & { kind: 'released' }): Pick<Finish, 'to' | 'cause' | 'set'> {
  switch (outcome.reason) {
    case 'solo':
      return { to: 'queued', cause: 'solo', set: { claimable_at: 0, solo: true } };
    case 'larger_pool':
      return {
        to: 'queued',
        cause: 'larger_pool',
        set: { claimable_at: 0, pool: outcome.pool, memory_high: 0 },
      };
    case 'memory':
    case 'alone':
    case 'goes on':
      return { to: 'queued', cause: outcome.reason, set: { claimable_at: 0 } };
    case 'circuit':
      return { to: 'retrying', cause: 'circuit_open', set: { claimable_at: outcome.dueAtMs } };
  }
}

/** A restart of an ordered task leaves it to its attempt's finish, which must not forget it; so it appends while there is room. */
function knownTo(row: TaskRow): { readonly known?: TaskRow } {
  return isOrdered(row) && row.history.length < MAX_HISTORY - 2 ? {} : { known: row };
}

function finish(row: TaskRow, terms: FinishTerms, { to, cause, set, increment = [] }: Finish): RowWrite {
  const timer = timerChange(row, { ...row, status: to, ...set }, terms.nowMs);
  return transition(row.task_id, {
    to,
    cause,
    atMs: terms.nowMs,
    expect: [
      { attribute: 'attempt', equals: row.attempt },
      { attribute: 'status', oneOf: ['processing'] },
      ...(isGuarded({ to, set }) ? [NO_CANCEL] : []),
    ],
    ...knownTo(row),
    set: { ...set, ...timer.set },
    increment,
    remove: timer.remove,
  });
}

/** Whether a write is one that an accepted cancel takes the place of. */
export function isGuarded({ to, set }: Pick<Finish, 'to' | 'set'>): boolean {
  return to === 'failed' || to === 'retrying' || to === 'waiting' || set.fallback_used === true;
}

function finishFailed(
  row: TaskRow,
  outcome: AttemptOutcome & { kind: 'failed' },
  terms: FinishTerms,
): RowWrite {
  const { decision } = outcome;
  if (decision?.action === 'fall_back') return finishFallenBack(row, outcome, decision, terms);
  const failures = failuresWith(row);
  const exhausted = failures >= terms.policy.max_attempts;
  const dueMs = terms.nowMs + delayMsOf(outcome, failures, terms);
  const counted = { set: { counted: row.attempt }, increment: ['failures'] } as const;
  const mayRetry = decision === undefined ? outcome.failure.retryable : decision.action === 'retry';
  if (!exhausted && mayRetry) {
    if (row.deadline === undefined || dueMs < row.deadline) {
      return finish(row, terms, {
        to: 'retrying',
        cause: outcome.failure.code,
        set: { claimable_at: dueMs, counted: row.attempt, error: outcome.failure },
        increment: ['failures', ...renewing(row)],
      });
    }
    const late = deadlineExceeded({ ...row, error: outcome.failure }, row.deadline);
    return finish(row, terms, merged(failed(row, late, terms), counted));
  }
  const told = withAttempts(outcome.failure, failures);
  const end = decision?.action === 'compensate' ? failed : lastFailure;
  return finish(row, terms, merged(end(row, told, terms), counted));
}

function merged(
  end: Finish,
  { set, increment }: { readonly set: Settable; readonly increment: RowWrite['increment'] },
): Finish {
  return { ...end, set: { ...end.set, ...set }, increment: [...increment, ...(end.increment ?? [])] };
}

/**
 * What becomes of a task whose last attempt has failed: it completes with its fallback's value in the place of an
 * output, or waits for its fallback task, if it has one.
 */
export function lastFailure(row: TaskRow, error: TaskFailure, terms: EndTerms): Finish {
  const { fallback } = row;
  if (fallback === undefined) return failed(row, error, terms);
  if ('task' in fallback) return waitingForFallback(row, error);
  return {
    to: 'completed',
    cause: 'fallback',
    set: { ...ended(terms), error, fallback_used: true },
  };
}

/** Nothing claims it any more: the end of its fallback task ends it, or a deadline, or a cancel. */
function waitingForFallback(row: TaskRow, error: TaskFailure): Finish {
  const { index, member } = nextFallbackMember(row);
  return {
    to: 'waiting',
    cause: `fallback ${fallbackTaskIdOf(row, index)}`,
    set: { claimable_at: NEVER, error, waiting_on: [member], next_index: index + 1 },
    increment: ['generation'],
  };
}

function failed(row: TaskRow, error: TaskFailure, terms: EndTerms): Finish {
  return { to: 'failed', ...failedForGood(row, error, terms) };
}

/** Failed attempts of the row's present life, the one that is being finished included. */
export function failuresWith(row: Pick<TaskRow, 'failures' | 'life'>): number {
  return row.failures - lifeOf(row).failures + 1;
}

function delayMsOf(
  { decision, retryAfterSeconds }: AttemptOutcome & { kind: 'failed' },
  failures: number,
  terms: FinishTerms,
): number {
  return decision?.action === 'retry' && decision.delay_seconds !== undefined
    ? Math.ceil(decision.delay_seconds * 1000)
    : retryDelayMs(terms.policy, failures, terms.random, retryAfterSeconds);
}

/** The task completes with what `onError` has given, and keeps the error of its attempt. */
function finishFallenBack(
  row: TaskRow,
  { failure: error, hasObjects }: AttemptOutcome & { kind: 'failed' },
  decision: FailureDecision & { action: 'fall_back' },
  terms: FinishTerms,
): RowWrite {
  const failures = failuresWith(row);
  return finish(row, terms, {
    to: 'completed',
    cause: 'fell back',
    set: {
      ...ended(terms),
      result_attempt: decision.result_attempt,
      fallback_used: true,
      error: withAttempts(error, failures),
      ...objectMark(hasObjects),
    },
    increment: ['failures'],
  });
}

type EndTerms = Pick<FinishTerms, 'nowMs' | 'retentionSeconds'>;

/** What failing a task for good writes, whoever does it. */
export function failedForGood(
  row: TaskRow,
  error: TaskFailure,
  terms: EndTerms,
): Pick<Finish, 'cause' | 'set'> {
  return { cause: error.code, set: { ...ended(terms), error, failed_in: laneOfRow(row) } };
}

/** What cancelling a task writes, whoever does it; the error of a task that had failed is told along. */
export function cancelledForGood(
  row: Pick<TaskRow, 'error'>,
  terms: EndTerms,
): Pick<Finish, 'cause' | 'set'> {
  const before =
    row.error === undefined ? '' : `; its last error was ${row.error.code}: ${row.error.message}`;
  return {
    cause: 'cancelled',
    set: { ...ended(terms), error: failure('cancelled', `the task was cancelled${before}`, false) },
  };
}

/** The last failure, with the number of attempts; where both do not fit, the number has the place. */
function withAttempts({ code, message, retryable, details }: TaskFailure, attempts: number): TaskFailure {
  const exhausted = { attempts, exhausted: true };
  const told = failure(code, message, retryable, { ...details, ...exhausted });
  return told.details === undefined ? failure(code, message, retryable, exhausted) : told;
}

/** What every end writes: nothing may claim the row again, and it has a date to go. */
export function ended(terms: EndTerms): Pick<TaskRow, 'claimable_at'> & Settable {
  return { claimable_at: NEVER, expires_at: Math.ceil(terms.nowMs / 1000) + terms.retentionSeconds };
}

/** What an executor does when its finish was refused. */
export type RefusedFinish =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'left_in_place' }
  | { readonly kind: 'report_failed' }
  | { readonly kind: 'cancel_instead' };

/**
 * Judges a refused finish by the row that refused it. Ended (perhaps by this very write, whose answer was
 * lost) or moved on: acknowledge. Still this attempt's: its cancel was requested meanwhile, so that is its end; or
 * this very write has left it where its message is.
 * The same generation in somebody else's hands, perhaps through this very message: leave the message alone,
 * its new holder lives on it.
 */
export function judgeRefusedFinish(
  row: TaskRow | undefined,
  mine: Pick<TaskRow, 'generation' | 'attempt'>,
): RefusedFinish {
  if (row === undefined || isEnded(row.status) || row.generation !== mine.generation)
    return { kind: 'acknowledge' };
  if (row.status === 'processing' && row.attempt === mine.attempt && row.cancel_requested)
    return { kind: 'cancel_instead' };
  if (row.status !== 'processing' && row.attempt === mine.attempt) return { kind: 'left_in_place' };
  return { kind: 'report_failed' };
}
