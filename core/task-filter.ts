import type { TaskFilterInput } from './contract/task-filter-schema.ts';
import type { Lane } from './lane.ts';
import type { TaskStatus } from './status.ts';
import { isExpired, laneOfRow, type TaskRow } from './task-row.ts';
import { TIME_INDEX_BOTTOM, TIME_INDEX_TOP, timeIndexBound } from './time-index.ts';

/** What a list is narrowed to; every part that is there must hold. Moments are excluded, in milliseconds since 1970. */
export interface TaskFilter {
  readonly status?: TaskStatus;
  readonly type?: string;
  readonly agent_id?: string;
  readonly tag?: string;
  readonly lane?: Lane;
  readonly createdAfterMs?: number;
  readonly createdBeforeMs?: number;
  /** Of the time that tasks are scheduled for; those without one are left out. */
  readonly scheduledBeforeMs?: number;
}

/** A part of any index of tasks: `atLeast <= listed_at < below`. */
export interface ListRange {
  readonly below: string;
  readonly atLeast: string;
}

/** The filter that a caller has written, as it was validated. */
export function taskFilterOf(written: TaskFilterInput): TaskFilter {
  const { created_after, created_before, scheduled_before, ...parts } = written;
  return {
    ...parts,
    ...(created_after === undefined ? {} : { createdAfterMs: Date.parse(created_after) }),
    ...(created_before === undefined ? {} : { createdBeforeMs: Date.parse(created_before) }),
    ...(scheduled_before === undefined ? {} : { scheduledBeforeMs: Date.parse(scheduled_before) }),
  };
}

/** Where the tasks lie that a filter's times of creation leave in. The index knows milliseconds: "after" is from the next one on. */
export function rangeOf({ createdAfterMs, createdBeforeMs }: TaskFilter): ListRange {
  return {
    below: createdBeforeMs === undefined ? TIME_INDEX_TOP : timeIndexBound(createdBeforeMs),
    atLeast: createdAfterMs === undefined ? TIME_INDEX_BOTTOM : timeIndexBound(createdAfterMs + 1),
  };
}

/** Whether a row of the filter's range is listed: it meets the rest of the filter, and its retention is not over. */
export function isListed(row: TaskRow, filter: TaskFilter, nowMs: number): boolean {
  const { scheduledBeforeMs } = filter;
  return (
    !isExpired(row, nowMs) &&
    (filter.status === undefined || row.status === filter.status) &&
    (filter.type === undefined || row.type === filter.type) &&
    (filter.agent_id === undefined || row.agent_id === filter.agent_id) &&
    (filter.tag === undefined || (row.tags ?? []).includes(filter.tag)) &&
    (filter.lane === undefined || laneOfRow(row) === filter.lane) &&
    (scheduledBeforeMs === undefined ||
      (row.scheduled_at !== undefined && row.scheduled_at < scheduledBeforeMs))
  );
}
