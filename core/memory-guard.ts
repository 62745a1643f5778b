import { crashesOf } from './crashes.ts';
import type { RowWrite } from './row-write.ts';
import { lifeOf, type TaskRow } from './task-row.ts';

/** The share of its function's memory above which an executor takes on nothing more. */
export const MEMORY_HIGH_SHARE = 0.85;

/** Whether a process uses so much of its memory limit that its next task might be its last. */
export function isMemoryHigh(usedMb: number, limitMb: number): boolean {
  return usedMb > limitMb * MEMORY_HIGH_SHARE;
}

/** Notes that an attempt ran while its executor's memory was high: what may have killed it, should it crash. */
export function memoryHighWrite({ task_id, attempt }: Pick<TaskRow, 'task_id' | 'attempt'>): RowWrite {
  return {
    taskId: task_id,
    expect: [
      { attribute: 'attempt', equals: attempt },
      { attribute: 'status', oneOf: ['processing'] },
    ],
    set: { memory_high: attempt },
    increment: [],
    returnRow: false,
  };
}

/**
 * Whether an attempt of this life has crashed while memory was high, and the task runs where it did. An attempt that
 * was counted as a failure told its end itself. `row` is the row as a claim returned it.
 */
export function crashedOfMemory(row: TaskRow): boolean {
  if (row.memory_high === undefined || crashesOf(row) === 0) return false;
  return row.memory_high > Math.max(row.counted ?? 0, lifeOf(row).attempt);
}
