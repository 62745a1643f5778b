import { isoTime } from './iso-time.ts';
import { failure, type TaskFailure } from './task-failure.ts';
import type { TaskRow } from './task-row.ts';

/** The failure of a task whose deadline has passed before it ended, with its last error, if it has one. */
export function deadlineExceeded(row: Pick<TaskRow, 'attempt' | 'error'>, deadlineMs: number): TaskFailure {
  const last = row.error === undefined ? '' : `; its last error was ${row.error.code}: ${row.error.message}`;
  const text = `the task had not ended by its deadline ${isoTime(deadlineMs)} (attempts ${row.attempt})${last}`;
  return failure('deadline_exceeded', text, false, { deadline: isoTime(deadlineMs), attempts: row.attempt });
}
