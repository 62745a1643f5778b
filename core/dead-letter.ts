import type { AttemptResult } from './attempt-result.ts';
import { type LaneMessage, newestSuccess } from './claim.ts';
import { deadlineExceeded, isPastDeadline } from './deadline.ts';
import {
  cancelledForGood,
  completedBy,
  type Finish,
  type FinishTerms,
  failedForGood,
  isGuarded,
  lastFailure,
  NO_CANCEL,
} from './finish.ts';
import { type RowWrite, transition } from './row-write.ts';
import { isEnded } from './status.ts';
import { failure } from './task-failure.ts';
import type { TaskRow } from './task-row.ts';
import { timerChange } from './timer.ts';

/** What is to be done with a message that its lane gave up. */
export type DeadLetter =
  | { readonly kind: 'drop' }
  | { readonly kind: 'put_back'; readonly untilMs: number }
  | { readonly kind: 'read_results' }
  | { readonly kind: 'write'; readonly write: RowWrite };

export interface DeadLetterTerms extends Pick<FinishTerms, 'nowMs' | 'retentionSeconds'> {
  /** How often the lane had received the message. */
  readonly receives: number;
}

/**
 * Judges a dead letter by its task's row. Ended, moved on or gone: dropped. Not claimable yet (a live lease, a
 * back-off): back until it is. Else the task ends, only under the very conditions of a claim: completed if an
 * attempt had stored its success, failed (`dead_lettered`) if none had.
 */
export function judgeDeadLetter(
  row: TaskRow | undefined,
  message: LaneMessage,
  terms: DeadLetterTerms,
  results?: readonly AttemptResult[],
): DeadLetter {
  if (row === undefined || isEnded(row.status) || row.generation !== message.generation)
    return { kind: 'drop' };
  if (row.claimable_at > terms.nowMs) return { kind: 'put_back', untilMs: row.claimable_at };
  if (results === undefined) return { kind: 'read_results' };

  const end = endOf(row, terms, results);
  const timer = timerChange(row, { ...row, status: end.to, ...end.set }, terms.nowMs);
  return {
    kind: 'write',
    write: transition(row.task_id, {
      to: end.to,
      atMs: terms.nowMs,
      cause: end.cause,
      expect: [
        { attribute: 'generation', equals: message.generation },
        { attribute: 'claimable_at', atMost: terms.nowMs },
        // The decision rests on this very attempt's results: a claim in between asks for a new look.
        { attribute: 'attempt', equals: row.attempt },
        ...(isGuarded(end) ? [NO_CANCEL] : []),
      ],
      set: { ...end.set, ...timer.set },
      increment: end.increment ?? [],
      remove: timer.remove,
      known: row,
    }),
  };
}

/**
 * A stored success completes the task, an accepted cancel cancels it, a deadline that has passed fails it; else its
 * last attempt has failed.
 */
function endOf(row: TaskRow, terms: DeadLetterTerms, results: readonly AttemptResult[]): Finish {
  const success = newestSuccess(results, row);
  if (success !== undefined) return completedBy(success, terms);
  if (row.cancel_requested) return { to: 'cancelled', ...cancelledForGood(row, terms) };
  if (isPastDeadline(row, terms.nowMs))
    return { to: 'failed', ...failedForGood(row, deadlineExceeded(row, row.deadline), terms) };
  return lastFailure(row, deadLettered(row, terms.receives), terms);
}

function deadLettered(row: TaskRow, receives: number) {
  const last = row.error === undefined ? '' : `; its last error was ${row.error.code}: ${row.error.message}`;
  const text = `its message was received ${receives} times without an end (attempts ${row.attempt})${last}`;
  return failure('dead_lettered', text, false, { receives, attempts: row.attempt });
}
