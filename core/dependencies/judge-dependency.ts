import { isEnded } from '../status.ts';
import { failure, type TaskFailure } from '../task-failure.ts';
import type { TaskRow } from '../task-row.ts';
import type { Condition, NamedDependency } from './condition.ts';

/** What a dependency's row says of a condition: met, never to be met, or not decided yet. */
export type Verdict = 'met' | 'failed' | 'open';

type Judged = Pick<TaskRow, 'status' | 'attempt'>;

/** A row that is gone counts as failed before it started: rows go only when they have ended long ago. */
const GONE: Judged = { status: 'failed', attempt: 0 };

/**
 * Judges a dependency by its row. `completion` is any end. A start stays true, whatever becomes of the task; a
 * task that completed without one (its result was there) counts as started, one that ended otherwise never will.
 */
export function judgeDependency(condition: Condition, row: Judged = GONE): Verdict {
  const ended = isEnded(row.status);
  switch (condition) {
    case 'success':
      return !ended ? 'open' : row.status === 'completed' ? 'met' : 'failed';
    case 'completion':
      return ended ? 'met' : 'open';
    case 'start':
      return hasStarted(row) || row.status === 'completed' ? 'met' : ended ? 'failed' : 'open';
  }
}

/** Whether a first attempt has begun; a claim that was given back counts, since nobody can tell it apart. */
export function hasStarted({ attempt }: Pick<TaskRow, 'attempt'>): boolean {
  return attempt > 0;
}

/**
 * Why a task fails whose dependency failed. `details` names that dependency, and the task whose failure began it
 * all where there are levels between.
 */
export function dependencyFailed({ task_id, condition }: NamedDependency, row?: TaskRow): TaskFailure {
  const status = row?.status ?? 'gone';
  const root = rootOf(row) ?? task_id;
  const error = row?.error === undefined ? '' : `: ${row.error.code}`;
  const began = root === task_id ? '' : `; it began with ${root}`;
  const text = `dependency ${task_id} is ${status}${error}, the condition was ${condition}${began}`;
  return failure('dependency_failed', text, false, { task_id, condition, status, root_task_id: root });
}

function rootOf(row: TaskRow | undefined): string | undefined {
  const root = row?.error?.code === 'dependency_failed' ? row.error.details?.root_task_id : undefined;
  return typeof root === 'string' ? root : undefined;
}
