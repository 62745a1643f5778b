import { crashesOf, SOLO_CRASHES } from './crashes.ts';
import { groupIdOf } from './group-id.ts';
import type { TaskRow } from './task-row.ts';
import { shardOf } from './time-index.ts';

/** Whether a task has a place behind the tasks of its key that were accepted before. */
export function isOrdered({ ordering_key }: { readonly ordering_key?: string | undefined }): boolean {
  return ordering_key !== undefined;
}

/** The message group of a task's key, which is the tenant's own: two tenants' equal keys are two groups. */
export function orderGroupOf({
  tenant,
  ordering_key = '',
}: Pick<TaskRow, 'tenant' | 'ordering_key'>): string {
  return groupIdOf(tenant, ordering_key);
}

/**
 * Where an accepted task's timers are, and what its net is later than the moment of its acceptance by, in milliseconds:
 * the tasks of a key are in one shard (and listed there), the members of a batch in its order, so that one sweep
 * reads them as they were accepted.
 */
export function netPlaceOf(
  task: Pick<TaskRow, 'task_id' | 'tenant' | 'ordering_key'>,
  index: number,
  shards: number,
): { readonly shard: number; readonly place: number } {
  if (!isOrdered(task)) return { shard: shardOf(task.task_id, shards), place: 0 };
  return { shard: shardOf(orderGroupOf(task), shards), place: index };
}

/**
 * Whether the API sends a row's message itself, before it answers: the stream keeps no order across rows. So it is
 * with every ordered row that was created queued, as long as nobody has claimed it; what becomes ready later has another
 * generation.
 */
export function isSentByApi(row: TaskRow): boolean {
  return isOrdered(row) && row.status === 'queued' && row.generation === 1 && row.attempt === 0;
}

/**
 * Whether the dispatcher gives an ordered row its place: it has become ready later than it was accepted (due,
 * released, retried by hand). What waits for another attempt has its message in the queue.
 */
export function takesPlace(row: TaskRow, previous?: TaskRow): boolean {
  if (row.status !== 'queued' || isSentByApi(row)) return false;
  return row.generation !== previous?.generation;
}

/**
 * Whether the next attempt of an ordered row runs alone: it may be what kills its neighbours, and has crashed so often
 * already. It cannot go to another queue: its message keeps its place.
 */
export function mustRunAlone(row: TaskRow): boolean {
  return isOrdered(row) && crashesOf(row) >= SOLO_CRASHES;
}
