import { isoTime } from './iso-time.ts';
import { failure, type TaskFailure } from './task-failure.ts';
import type { TaskRow } from './task-row.ts';

/** The code of that failure. */
export const DEADLINE_EXCEEDED = 'deadline_exceeded';

/** Whether a row's deadline has passed. */
export function isPastDeadline<Row extends Pick<TaskRow, 'deadline'>>(
  row: Row,
  nowMs: number,
): row is Row & { readonly deadline: number } {
  return row.deadline !== undefined && row.deadline <= nowMs;
}

/** The failure of a task whose deadline has passed before it ended, with its last error, if it has one. */
export function deadlineExceeded(row: Pick<TaskRow, 'attempt' | 'error'>, deadlineMs: number): TaskFailure {
  const last = row.error === undefined ? '' : `; its last error was ${row.error.code}: ${row.error.message}`;
  const text = `the task had not ended by its deadline ${isoTime(deadlineMs)} (attempts ${row.attempt})${last}`;
  return failure(DEADLINE_EXCEEDED, text, false, { deadline: isoTime(deadlineMs), attempts: row.attempt });
}
