import type { Expectation, RowWrite } from './row-write.ts';
import type { TaskRow } from './task-row.ts';

/** Milliseconds between two looks at running attempts; the first comes as long after their start. */
export const WATCH_INTERVAL_MS = 2000;

/** Why a running attempt is to stop. */
export type StopReason = 'cancelled' | 'lease_lost';

/**
 * Judges a running attempt by its task's row, read consistently: whether to go on, or why to stop. `leaseEndsAt`
 * is the end of the lease as the attempt last wrote it: another one means that somebody has ended it.
 */
export function judgeWatched(
  row: TaskRow | undefined,
  mine: Pick<TaskRow, 'attempt'>,
  leaseEndsAt: number,
): 'go_on' | StopReason {
  if (row === undefined || row.status !== 'processing' || row.attempt !== mine.attempt) return 'lease_lost';
  if (row.claimable_at !== leaseEndsAt) return 'lease_lost';
  return row.cancel_requested ? 'cancelled' : 'go_on';
}

/** The heartbeat: the lease ends later, if it still is as the attempt last wrote it. */
export function heartbeatWrite(
  { task_id, attempt }: Pick<TaskRow, 'task_id' | 'attempt'>,
  lease: { readonly endsAt: number; readonly nextEndsAt: number },
): RowWrite {
  return {
    taskId: task_id,
    expect: [
      { attribute: 'attempt', equals: attempt },
      { attribute: 'status', oneOf: ['processing'] },
      { attribute: 'claimable_at', equals: lease.endsAt } satisfies Expectation,
    ],
    set: { claimable_at: lease.nextEndsAt },
    increment: [],
    returnRow: false,
  };
}
