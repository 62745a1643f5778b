import type { RowWrite } from '../row-write.ts';
import { isEnded, TASK_STATUSES } from '../status.ts';
import type { TaskRow } from '../task-row.ts';
import type { Condition } from './condition.ts';

/** What a row must be marked with so that its end, and its start, is told to those who wait for it. */
export interface Mark {
  readonly taskId: string;
  /** Somebody waits for its start. */
  readonly start: boolean;
}

const NOT_ENDED = TASK_STATUSES.filter((status) => !isEnded(status));

/**
 * Marks a dependency that has not ended (for a start: not started either), in one write with that very condition.
 * So whoever is refused knows by the row which refused that the end, or the start, has come already.
 */
export function markWrite({ taskId, start }: Mark): RowWrite {
  return {
    taskId,
    expect: [
      { attribute: 'status', oneOf: NOT_ENDED },
      ...(start ? [{ attribute: 'attempt', equals: 0 } as const] : []),
    ],
    set: { has_dependents: true, ...(start ? { has_start_dependents: true } : {}) },
    increment: [],
    returnRow: false,
  };
}

/** Whether a row's end, or start, will be told; marks are never taken away. */
export function isMarked(
  row: Pick<TaskRow, 'has_dependents' | 'has_start_dependents'>,
  condition: Condition,
): boolean {
  return row.has_dependents === true && (condition !== 'start' || row.has_start_dependents === true);
}
