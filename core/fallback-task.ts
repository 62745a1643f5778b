import type { Edge } from './dependencies/edge.ts';
import { fallbackIndexOf, fallbackMemberOf } from './dependencies/members.ts';
import { outputKeyOf } from './object-keys.ts';
import type { RelatedTask } from './related-tasks.ts';
import { resultIdOf } from './result-cache.ts';
import { derivedTaskId } from './task-id.ts';
import type { FallbackResult, TaskRow } from './task-row.ts';

/** A fallback task that is to be created, and the edge by which its end is told: to be put first. */
export interface FallbackStart {
  readonly task: RelatedTask;
  readonly edge: Edge;
}

/** The id of the fallback task that stands behind a place in `waiting_on`: an index is never given twice. */
export function fallbackTaskIdOf(row: Pick<TaskRow, 'task_id' | 'listed_at'>, index: number): string {
  return derivedTaskId(row, 'fallback', index);
}

/** What a row needs that waits for its fallback task: a function of the row alone. Undefined for any other. */
export function fallbackStartOf(row: TaskRow): FallbackStart | undefined {
  const { task_id, status, fallback } = row;
  const index = fallbackIndexOf(row);
  if (status !== 'waiting' || index === undefined || fallback === undefined || 'value' in fallback)
    return undefined;
  const taskId = fallbackTaskIdOf(row, index);
  return {
    task: { taskId, submission: { name: `fallback of ${task_id}`, ...fallback.task } },
    edge: { dependencyId: taskId, dependentId: task_id, index, condition: 'fallback' },
  };
}

/** The place in `waiting_on` of the next fallback task of a row. */
export function nextFallbackMember({ next_index = 0 }: Pick<TaskRow, 'next_index'>): {
  readonly index: number;
  readonly member: string;
} {
  return { index: next_index, member: fallbackMemberOf(next_index) };
}

/** Where a completed fallback task has its output. */
export function fallbackResultOf(fallback: TaskRow): FallbackResult {
  const { result_attempt: attempt = 0, has_objects } = fallback;
  const object = has_objects === true ? { object: outputKeyOf(fallback, attempt) } : {};
  return { task_id: resultIdOf(fallback), attempt, ...object };
}
