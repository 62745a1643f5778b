import type { RowWrite } from './row-write.ts';
import type { TaskRow } from './task-row.ts';

/** Bytes of a checkpoint's JSON; a row holds 400 KB, and each write of it pays for all of them. */
export const MAX_CHECKPOINT_BYTES = 64 * 1024;

/**
 * The write of what an attempt leaves to the next one: no transition, only under the attempt that saves, so that
 * one whose lease was lost never overwrites what its successor has saved.
 */
export function checkpointWrite(row: Pick<TaskRow, 'task_id' | 'attempt'>, checkpoint: string): RowWrite {
  return {
    taskId: row.task_id,
    expect: [
      { attribute: 'attempt', equals: row.attempt },
      { attribute: 'status', oneOf: ['processing'] },
    ],
    set: { checkpoint },
    increment: [],
    returnRow: false,
  };
}
