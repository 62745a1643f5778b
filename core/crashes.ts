import { failure, type TaskFailure } from './task-failure.ts';
import { lifeOf, type TaskRow } from './task-row.ts';

/** Lost attempts after which a task fails for good; they are apart from the caller's `max_attempts`. */
export const CRASH_LIMIT = 5;

/** Lost attempts after which the next one runs alone: it may be what kills its neighbours. */
export const SOLO_CRASHES = 2;

/**
 * The attempts of this life before the present one that neither failed, ended nor were given back: crashes.
 * `row` is the row as a claim returned it.
 */
export function crashesOf(row: Pick<TaskRow, 'attempt' | 'failures' | 'released' | 'life'>): number {
  const life = lifeOf(row);
  return row.attempt - life.attempt - 1 - (row.failures - life.failures) - (row.released - life.released);
}

/** The failure of a task whose attempts have crashed as often as is allowed. */
export function crashLimit(crashes: number): TaskFailure {
  const text = `${crashes} attempts ended without a word (crash limit ${CRASH_LIMIT}): each lost its lease`;
  return failure('lease_expired', text, false, { crashes });
}
