import { isPulled } from './agents/mailbox.ts';
import type { AttemptResult } from './attempt-result.ts';
import { CRASH_LIMIT, crashesOf, crashLimit, SOLO_CRASHES } from './crashes.ts';
import { DEADLINE_EXCEEDED, deadlineExceeded, isPastDeadline } from './deadline.ts';
import { type AttemptOutcome, successOf } from './finish.ts';
import { crashedOfMemory } from './memory-guard.ts';
import { isOrdered } from './order.ts';
import { type RowWrite, transition } from './row-write.ts';
import { isEnded } from './status.ts';
import type { FailureDecision, TaskFailure } from './task-failure.ts';
import { lifeOf, type TaskRow } from './task-row.ts';

/** What a lane carries for a task: which row, and for which of its generations. */
export interface LaneMessage {
  readonly task_id: string;
  readonly generation: number;
}

export interface ClaimTerms {
  readonly nowMs: number;
  readonly leaseMs: number;
  /** Random, new for each claim: tells whose write a lost answer was. */
  readonly leaseId: string;
}

/**
 * The claim: `generation = the message's AND claimable_at <= now`. One condition serves a queued row, a due
 * retry and an attempt whose lease has ended; a message of a moved or ended task is refused by it.
 */
export function claimWrite(message: LaneMessage, terms: ClaimTerms): RowWrite {
  return transition(message.task_id, {
    to: 'processing',
    atMs: terms.nowMs,
    cause: 'claimed',
    expect: [
      { attribute: 'generation', equals: message.generation },
      { attribute: 'claimable_at', atMost: terms.nowMs },
    ],
    set: { claimable_at: terms.nowMs + terms.leaseMs, lease_id: terms.leaseId },
    increment: ['attempt'],
    returnRow: true,
  });
}

/** What a message's holder does when the claim was refused. */
export type RefusedClaim =
  | { readonly kind: 'mine'; readonly row: TaskRow }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'put_back'; readonly untilMs: number };

/**
 * Judges a refused claim by the row that refused it. `mine`: the answer to the own write was lost, go on.
 * A message whose task has ended, moved on or is gone is acknowledged. One whose task is merely not claimable
 * yet goes back until it is, because it may be all that will wake the task.
 */
export function judgeRefusedClaim(
  row: TaskRow | undefined,
  message: LaneMessage,
  leaseId: string,
): RefusedClaim {
  if (row === undefined) return { kind: 'acknowledge' };
  if (row.status === 'processing' && row.lease_id === leaseId) return { kind: 'mine', row };
  if (isEnded(row.status) || row.generation !== message.generation) return { kind: 'acknowledge' };
  return { kind: 'put_back', untilMs: row.claimable_at };
}

/** What is to be done with a claimed row. */
export type Look = { readonly kind: 'read_results' } | DecidedLook;

export type DecidedLook =
  | { readonly kind: 'adopt_success'; readonly result: AttemptResult }
  | {
      readonly kind: 'adopt_failure';
      readonly failure: TaskFailure;
      readonly decision?: FailureDecision;
      /** The output that it falls back to is an object. */
      readonly hasObjects?: true;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'fail'; readonly failure: TaskFailure; readonly fallsBack?: boolean }
  | { readonly kind: 'go_solo' }
  | { readonly kind: 'go_larger'; readonly pool: string }
  | { readonly kind: 'run' };

/**
 * Looks at a claimed row before anything runs. `results` are those of all attempts of the task, read only
 * after `read_results` has asked for them: by the numbers an attempt of this life has crashed, and it may have
 * stored its result before. The newest success ends the task; else the newest error that was not counted is
 * counted now. Only then come a cancel, the deadline, the crash limit, and the moves: to `largerPool`, if there is
 * one, of what crashed while memory was high, and to the queue where tasks run alone. An ordered task never moves; of
 * it `mustRunAlone` tells the same.
 */
export function lookAtClaim(
  row: TaskRow,
  nowMs: number,
  results: readonly AttemptResult[],
  largerPool?: string,
): DecidedLook;
export function lookAtClaim(
  row: TaskRow,
  nowMs: number,
  results?: readonly AttemptResult[],
  largerPool?: string,
): Look;
export function lookAtClaim(
  row: TaskRow,
  nowMs: number,
  results?: readonly AttemptResult[],
  largerPool?: string,
): Look {
  const crashes = crashesOf(row);
  if (crashes > 0) {
    if (results === undefined) return { kind: 'read_results' };
    const success = newestSuccess(results, row);
    if (success !== undefined) return { kind: 'adopt_success', result: success };
    const { error, decision, output_bytes } = newestUncounted(results, row) ?? {};
    // Stored as the deadline had ended an attempt: no retry and no fallback takes its place.
    if (error?.code === DEADLINE_EXCEEDED && isPastDeadline(row, nowMs))
      return { kind: 'fail', failure: error };
    if (error !== undefined)
      return {
        kind: 'adopt_failure',
        failure: error,
        ...(decision === undefined ? {} : { decision }),
        ...(output_bytes === undefined ? {} : { hasObjects: true }),
      };
  }
  if (row.cancel_requested) return { kind: 'cancel' };
  if (isPastDeadline(row, nowMs)) return { kind: 'fail', failure: deadlineExceeded(row, row.deadline) };
  if (crashes >= CRASH_LIMIT) return { kind: 'fail', failure: crashLimit(crashes), fallsBack: true };
  const stays = isOrdered(row);
  if (largerPool !== undefined && !stays && crashedOfMemory(row))
    return { kind: 'go_larger', pool: largerPool };
  if (crashes >= SOLO_CRASHES && !row.solo && !isPulled(row) && !stays) return { kind: 'go_solo' };
  return { kind: 'run' };
}

/** How an attempt ends that a look has decided without a run. */
export function outcomeOfLook(look: Exclude<DecidedLook, { kind: 'run' }>): AttemptOutcome {
  switch (look.kind) {
    case 'adopt_success':
      return successOf(look.result);
    case 'adopt_failure':
      return { ...look, kind: 'failed' };
    case 'cancel':
      return { kind: 'cancelled' };
    case 'fail':
      return { kind: 'ended', failure: look.failure, ...(look.fallsBack ? { fallsBack: true } : {}) };
    case 'go_solo':
      return { kind: 'released', reason: 'solo' };
    case 'go_larger':
      return { kind: 'released', reason: 'larger_pool', pool: look.pool };
  }
}

/** The newest stored success of an attempt of this life. */
export function newestSuccess(results: readonly AttemptResult[], row: TaskRow): AttemptResult | undefined {
  const since = lifeOf(row).attempt;
  return newest(
    results.filter(({ succeeded, attempt }) => succeeded && attempt > since && attempt <= row.attempt),
  );
}

/** The newest stored failure that no finish has counted. */
function newestUncounted(results: readonly AttemptResult[], row: TaskRow): AttemptResult | undefined {
  const counted = row.counted ?? 0;
  return newest(results.filter((result) => !result.succeeded && result.attempt > counted));
}

function newest(results: readonly AttemptResult[]): AttemptResult | undefined {
  return results.reduce<AttemptResult | undefined>(
    (best, next) => (best === undefined || next.attempt > best.attempt ? next : best),
    undefined,
  );
}

/** Whether a handler may start: only while the lease lives by the executor's own monotonic clock. */
export function mayStart(claimSentAtMonotonicMs: number, nowMonotonicMs: number, leaseMs: number): boolean {
  return nowMonotonicMs - claimSentAtMonotonicMs < leaseMs;
}
