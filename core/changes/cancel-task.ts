import { cancelledForGood } from '../finish.ts';
import { transition } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead, type Change, type ChangeTerms, refused } from './change.ts';

/**
 * Cancels a task. What does not run is cancelled at once, a failed task too. A running attempt is asked to stop:
 * its executor sees the request and writes the end, and so does whoever claims the task next.
 */
export function cancelChange(row: TaskRow, terms: ChangeTerms): Change {
  switch (row.status) {
    case 'completed':
    case 'cancelled':
      return refused(row, 'only a task that is not completed or cancelled can be cancelled');
    case 'processing':
      return row.cancel_requested ? { kind: 'unchanged' } : { kind: 'write', write: requestCancel(row) };
    default:
      return { kind: 'write', write: cancelNow(row, terms) };
  }
}

/** No transition, so the version stays: the running attempt decides how the task ends. */
function requestCancel(row: TaskRow) {
  return {
    taskId: row.task_id,
    expect: [
      { attribute: 'attempt', equals: row.attempt },
      { attribute: 'status', oneOf: ['processing'] },
    ],
    set: { cancel_requested: true },
    increment: [],
    returnRow: true,
  } as const;
}

function cancelNow(row: TaskRow, terms: ChangeTerms) {
  const { cause, set } = cancelledForGood(row, terms);
  const timer = timerChange(row, { ...row, status: 'cancelled', ...set }, terms.nowMs);
  return transition(row.task_id, {
    to: 'cancelled',
    atMs: terms.nowMs,
    cause,
    expect: asRead(row),
    set,
    remove: [...timer.remove, ...(row.failed_in === undefined ? [] : (['failed_in'] as const))],
    known: row,
    returnRow: true,
  });
}
