import { isPulled } from '../agents/mailbox.ts';
import type { AttemptResult } from '../attempt-result.ts';
import { CRASH_LIMIT, crashesOf, crashLimit } from '../crashes.ts';
import { deadlineExceeded, isPastDeadline } from '../deadline.ts';
import {
  cancelledForGood,
  completedBy,
  type Finish,
  failedForGood,
  isGuarded,
  lastFailure,
  NO_CANCEL,
} from '../finish.ts';
import { MAX_DELAY_SECONDS } from '../lane-delay.ts';
import { isOrdered } from '../order.ts';
import { type RowWrite, transition } from '../row-write.ts';
import { isEnded } from '../status.ts';
import type { TaskRow } from '../task-row.ts';
import { isHeld, timerChange } from '../timer.ts';
import { asRead, type ChangeTerms } from './change.ts';

/** How far ahead the sweep gives due tasks to their lanes: less than SQS's longest delay, more than two sweeps. */
export const LOOK_AHEAD_MS = (MAX_DELAY_SECONDS - 300) * 1000;

/**
 * What the timers do with a row whose time has come; undefined if nothing is to be done yet, or somebody else
 * sees to it (`isAbandoned`). A passed deadline ends it. A due time that is near is given to the lane: with a new generation and
 * the same due time, so that the dispatcher sends a message that comes just then. Every write holds only for the
 * very row that was read (its timer, its state, and a deadline that a PATCH may have put beside the same timer), so
 * a sweep may run twice, late, or beside itself. `success` is the newest that is stored, where `endsAttempts` has asked for
 * it: it completes the task.
 */
export function sweepWrite(row: TaskRow, terms: ChangeTerms, success?: AttemptResult): RowWrite | undefined {
  const { nowMs } = terms;
  if (row.timer_at === undefined || isEnded(row.status)) return undefined;
  if (row.status === 'processing' && !isPulled(row)) return undefined;
  const expect = [...asRead(row), { attribute: 'claimable_at', equals: row.claimable_at }] as const;

  if (isPastDeadline(row, nowMs)) {
    const end = endAtDeadline(row, row.deadline, terms, success);
    return transition(row.task_id, {
      to: end.to,
      atMs: nowMs,
      cause: end.cause,
      expect: [...expect, ...(end.to === 'failed' ? [NO_CANCEL] : [])],
      set: end.set,
      remove: timerChange(row, { ...row, status: end.to, ...end.set }, nowMs).remove,
    });
  }

  if (isHeld(row)) return undefined;
  if (isPulled(row)) return row.claimable_at <= nowMs ? returnToMailbox(row, terms, success) : undefined;
  // The net of an ordered row is renewNet's.
  if (isOrdered(row) && row.status !== 'scheduled') return undefined;
  const timer = timerChange(row, row, nowMs);
  if (!timer.isChange) return undefined;
  return {
    taskId: row.task_id,
    expect,
    set: timer.set,
    increment: ['generation'],
    remove: timer.remove,
    returnRow: false,
  };
}

/**
 * What agents claim and is due, or whose lease is over, goes to where it is claimed from. A lease that ended
 * without a word is a crash: at the limit the task has failed, and one whose cancel was accepted is cancelled.
 */
function returnToMailbox(row: TaskRow, terms: ChangeTerms, success?: AttemptResult): RowWrite | undefined {
  if (row.status === 'queued' || row.status === 'waiting') return undefined;
  const lost = row.status === 'processing';
  const crashes = lost ? crashesOf({ ...row, attempt: row.attempt + 1 }) : 0;
  const end = endOfLost(row, crashes, terms, success);
  const to = end?.to ?? 'queued';
  const set = end?.set ?? { claimable_at: row.claimable_at };
  const index = timerChange(row, { ...row, status: to, ...set }, terms.nowMs);
  return transition(row.task_id, {
    to,
    atMs: terms.nowMs,
    cause: end?.cause ?? (lost ? 'lease expired' : 'due'),
    expect: [
      ...asRead(row),
      { attribute: 'claimable_at', equals: row.claimable_at },
      ...(end !== undefined && isGuarded(end) ? [NO_CANCEL] : []),
    ],
    set: { ...set, ...index.set },
    increment: end?.increment ?? [],
    // The token opens nothing any more: whoever comes with it has lost the lease, but for who has completed the task.
    remove: [...index.remove, ...(lost && to !== 'completed' ? (['lease_id'] as const) : [])],
  });
}

/**
 * Whether a write ends the attempts of a task that an agent has. One of them may have stored its success, if the API
 * died before it wrote the finish: that is to be read first. What goes back to the mailbox is looked at by its next claim.
 */
export function endsAttempts(row: TaskRow, { set }: RowWrite): boolean {
  return row.status === 'processing' && set.status !== 'queued';
}

function endAtDeadline(row: TaskRow, deadline: number, terms: ChangeTerms, success?: AttemptResult): Finish {
  if (success !== undefined) return completedBy(success, terms);
  if (row.cancel_requested) return { to: 'cancelled', ...cancelledForGood(row, terms) };
  return { to: 'failed', ...failedForGood(row, deadlineExceeded(row, deadline), terms) };
}

function endOfLost(
  row: TaskRow,
  crashes: number,
  terms: ChangeTerms,
  success?: AttemptResult,
): Finish | undefined {
  if (success !== undefined) return completedBy(success, terms);
  if (row.cancel_requested) return { to: 'cancelled', ...cancelledForGood(row, terms) };
  if (crashes < CRASH_LIMIT) return undefined;
  return lastFailure(row, crashLimit(crashes), terms);
}

/** Whether whoever put dependencies of a row has had its time and not come to an end: it is to be done in its place. */
export function isAbandoned(row: TaskRow, nowMs: number): boolean {
  return isHeld(row) && row.timer_at !== undefined && row.timer_at <= nowMs;
}
