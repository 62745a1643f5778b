import { asRead, type ChangeTerms } from '../changes/change.ts';
import { cancelledForGood, failedForGood, NO_CANCEL } from '../finish.ts';
import { type RowWrite, transition } from '../row-write.ts';
import type { TaskFailure } from '../task-failure.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';

/**
 * Fails a waiting task because of what one member of its `waiting_on` stands for; only while it still waits for
 * that very member. `waiting_on` stays: it tells a later retry what had not been met. Where a cancel was accepted,
 * that is the end.
 */
export function failDependent(
  row: TaskRow,
  member: string,
  error: TaskFailure,
  terms: ChangeTerms,
): RowWrite {
  const end = row.cancel_requested
    ? { to: 'cancelled' as const, guard: [], ...cancelledForGood(row, terms) }
    : { to: 'failed' as const, guard: [NO_CANCEL], ...failedForGood(row, error, terms) };
  const timer = timerChange(row, { ...row, status: end.to }, terms.nowMs);
  return transition(row.task_id, {
    to: end.to,
    atMs: terms.nowMs,
    cause: end.cause,
    expect: [
      { attribute: 'status', oneOf: ['waiting'] },
      ...asRead(row),
      { attribute: 'waiting_on', contains: member },
      ...end.guard,
    ],
    set: end.set,
    remove: timer.remove,
    known: row,
    returnRow: true,
  });
}
