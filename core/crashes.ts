import type { TaskRow } from './task-row.ts';

/** Lost attempts after which a task fails for good; they are apart from the caller's `max_attempts`. */
export const CRASH_LIMIT = 5;

/**
 * The attempts before the present one that neither failed, ended nor were given back: crashes.
 * `row` is the row as a claim returned it.
 */
export function crashesOf(row: Pick<TaskRow, 'attempt' | 'failures' | 'released'>): number {
  return row.attempt - 1 - row.failures - row.released;
}
