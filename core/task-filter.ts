import type { Lane } from './lane.ts';
import type { TaskStatus } from './status.ts';
import { isExpired, laneOfRow, type TaskRow } from './task-row.ts';

/** What a list is narrowed to; every part that is there must hold. */
export interface TaskFilter {
  readonly status?: TaskStatus;
  readonly type?: string;
  readonly agent_id?: string;
  readonly tag?: string;
  readonly lane?: Lane;
}

/** Whether a list shows a row: it meets the filter, and its retention is not over. */
export function isListed(row: TaskRow, filter: TaskFilter, nowMs: number): boolean {
  return (
    !isExpired(row, nowMs) &&
    (filter.status === undefined || row.status === filter.status) &&
    (filter.type === undefined || row.type === filter.type) &&
    (filter.agent_id === undefined || row.agent_id === filter.agent_id) &&
    (filter.tag === undefined || (row.tags ?? []).includes(filter.tag)) &&
    (filter.lane === undefined || laneOfRow(row) === filter.lane)
  );
}
