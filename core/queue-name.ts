import { LANES } from './lane.ts';
import { isOrdered } from './order.ts';
import { laneOfRow, type TaskRow } from './task-row.ts';

/** The queues of an executor pool: one for each lane, and `solo`, whose tasks run alone. */
export const QUEUE_KINDS = [...LANES, 'solo'] as const;

export type QueueKind = (typeof QUEUE_KINDS)[number];

/** The FIFO queue of all ordered tasks, served by the smallest pool: two queues would not keep one order. */
export const ORDERED_QUEUE = 'ordered';

/** What a queue is called in code and configuration: its kind, and its pool behind it unless that is the smallest. */
export type QueueName = QueueKind | `${QueueKind}-${string}` | typeof ORDERED_QUEUE;

/** The queue of a kind in a pool. `pool` is left out for the smallest. */
export function queueNameIn(kind: QueueKind, pool?: string): QueueName {
  return pool === undefined ? kind : `${kind}-${pool}`;
}

type Queued = Pick<TaskRow, 'priority' | 'solo' | 'pool' | 'ordering_key'> & Partial<Pick<TaskRow, 'status'>>;

/**
 * The queue that a row's lane message goes to. A message in the ordered queue has its place there and cannot wait for
 * a time: until then an ordered task has one in its lane.
 */
export function queueNameOf(row: Queued): QueueName {
  if (isOrdered(row) && row.status !== 'scheduled') return ORDERED_QUEUE;
  return queueNameIn(row.solo ? 'solo' : laneOfRow(row), row.pool);
}
