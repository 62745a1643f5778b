import { deadlineExceeded } from '../deadline.ts';
import { cancelledForGood, failedForGood, NO_CANCEL } from '../finish.ts';
import { MAX_DELAY_SECONDS } from '../lane-delay.ts';
import { type RowWrite, transition } from '../row-write.ts';
import { isEnded } from '../status.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead, type ChangeTerms } from './change.ts';

/** How far ahead the sweep gives due tasks to their lanes: less than SQS's longest delay, more than two sweeps. */
export const LOOK_AHEAD_MS = (MAX_DELAY_SECONDS - 300) * 1000;

/**
 * What the timers do with a row whose time has come; undefined if nothing is to be done yet, or somebody else
 * sees to it. A passed deadline ends it. A due time that is near is given to the lane: with a new generation and
 * the same due time, so that the dispatcher sends a message that comes just then. Every write holds only for the
 * very row that was read (its timer, its state, and a deadline that a PATCH may have put beside the same timer), so
 * a sweep may run twice, late, or beside itself.
 */
export function sweepWrite(row: TaskRow, terms: ChangeTerms): RowWrite | undefined {
  const { nowMs } = terms;
  if (row.timer_at === undefined || isEnded(row.status) || row.status === 'processing') return undefined;
  const expect = asRead(row);

  if (row.deadline !== undefined && row.deadline <= nowMs) {
    const end = row.cancel_requested
      ? { to: 'cancelled' as const, ...cancelledForGood(row, terms) }
      : { to: 'failed' as const, ...failedForGood(row, deadlineExceeded(row, row.deadline), terms) };
    return transition(row.task_id, {
      to: end.to,
      atMs: nowMs,
      cause: end.cause,
      expect: [...expect, ...(end.to === 'failed' ? [NO_CANCEL] : [])],
      set: end.set,
      remove: ['timer_at', 'timer_in'],
    });
  }

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
