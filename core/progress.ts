import type { RowWrite } from './row-write.ts';
import type { TaskRow } from './task-row.ts';

/** How far a running task says it is. */
export interface Progress {
  /** 0 to 100. */
  readonly percent: number;
  readonly message: string;
}

/** Least milliseconds between two stored progress reports of one task. */
export const PROGRESS_INTERVAL_MS = 1000;

/** Characters of a progress message that are kept. */
const MAX_MESSAGE = 256;

/** A progress report within its bounds: percent cut to 0..100, NaN to 0. */
export function progressOf(percent: number, message = ''): Progress {
  const bounded = Number.isFinite(percent) ? Math.min(Math.max(percent, 0), 100) : 0;
  return { percent: bounded, message: String(message).slice(0, MAX_MESSAGE) };
}

/** The write of a progress report: no transition, only under the attempt that reports. */
export function progressWrite(row: TaskRow, progress: Progress): RowWrite {
  return {
    taskId: row.task_id,
    expect: [
      { attribute: 'attempt', equals: row.attempt },
      { attribute: 'status', oneOf: ['processing'] },
    ],
    set: { progress },
    increment: [],
    returnRow: false,
  };
}
