/** Every state of a task. `waiting` and `scheduled` are waiting rooms before `queued`. */
export const TASK_STATUSES = [
  'waiting',
  'scheduled',
  'queued',
  'processing',
  'retrying',
  'completed',
  'failed',
  'cancelled',
] as const;

export type TaskStatus = (typeof TASK_STATUSES)[number];

/**
 * The one table of legal transitions; `created` stands for "no row yet". Every conditional write derives
 * its expectation on `status` from it (`sourcesOf`).
 *
 * `processing -> processing` is the claim of an attempt whose lease has ended. `queued`, `scheduled` and
 * `retrying` may become `completed` without a run when dead-lettering finds the stored success of an earlier attempt,
 * and `waiting` when it finds a fallback task to wait for.
 */
export const TRANSITIONS = {
  created: ['waiting', 'scheduled', 'queued', 'completed'],
  waiting: ['scheduled', 'queued', 'failed', 'completed', 'cancelled'],
  scheduled: ['queued', 'processing', 'waiting', 'completed', 'failed', 'cancelled'],
  queued: ['processing', 'scheduled', 'waiting', 'completed', 'failed', 'cancelled'],
  processing: ['processing', 'completed', 'failed', 'retrying', 'queued', 'waiting', 'cancelled'],
  retrying: ['processing', 'queued', 'scheduled', 'waiting', 'completed', 'failed', 'cancelled'],
  failed: ['waiting', 'scheduled', 'queued', 'cancelled'],
  completed: [],
  cancelled: [],
} as const satisfies Record<'created' | TaskStatus, readonly TaskStatus[]>;

/** Whether a task may go from one state to another. */
export function isLegalTransition(from: 'created' | TaskStatus, to: TaskStatus): boolean {
  return (TRANSITIONS[from] as readonly TaskStatus[]).includes(to);
}

/** The states from which a task may get to `to`, in the table's order. */
export function sourcesOf(to: TaskStatus): readonly TaskStatus[] {
  return TASK_STATUSES.filter((from) => isLegalTransition(from, to));
}

/** Whether nothing more happens to a task by itself (a failed one may still be retried or cancelled). */
export function isEnded(status: TaskStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
