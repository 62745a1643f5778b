import { LANES } from './lane.ts';
import { laneOfRow, type TaskRow } from './task-row.ts';

/** The queues of an executor pool: one for each lane, and `solo`, whose tasks run alone. */
export const QUEUE_KINDS = [...LANES, 'solo'] as const;

export type QueueKind = (typeof QUEUE_KINDS)[number];

/** What a queue is called in code and configuration: its kind, and its pool behind it unless that is the smallest. */
export type QueueName = QueueKind | `${QueueKind}-${string}`;

/** The queue of a kind in a pool. `pool` is left out for the smallest. */
export function queueNameIn(kind: QueueKind, pool?: string): QueueName {
  return pool === undefined ? kind : `${kind}-${pool}`;
}

/** The queue that a row's lane message goes to. */
export function queueNameOf(row: Pick<TaskRow, 'priority' | 'solo' | 'pool'>): QueueName {
  return queueNameIn(row.solo ? 'solo' : laneOfRow(row), row.pool);
}
