import type { Clock, TaskStore } from '../ports.ts';
import { isEnded } from '../status.ts';
import type { TaskRow } from '../task-row.ts';
import { readRow } from './read-task.ts';

export interface WaitDeps {
  readonly tasks: Pick<TaskStore, 'read'> & {
    /** Reads a row that may be a second old, at half the price. */
    peek(taskId: string): Promise<TaskRow | undefined>;
  };
  readonly clock: Clock;
}

/** The first look comes after 50 ms, each next after half as long again, at most a second apart. */
const FIRST_DELAY_MS = 50;
const DELAY_FACTOR = 1.5;
const MAX_DELAY_MS = 1000;

/**
 * The row of a task when it has ended, or as it is at `untilMs`. The first and the last read are consistent.
 * Throws `task_not_found`.
 */
export async function waitForEnd(deps: WaitDeps, taskId: string, untilMs: number): Promise<TaskRow> {
  let row = await readRow(deps, taskId);
  for (
    let delayMs = FIRST_DELAY_MS;
    !isEnded(row.status);
    delayMs = Math.min(delayMs * DELAY_FACTOR, MAX_DELAY_MS)
  ) {
    const leftMs = untilMs - deps.clock.nowMs();
    if (leftMs <= 0) return row;
    await deps.clock.wait(Math.min(delayMs, leftMs));
    const isLast = deps.clock.nowMs() >= untilMs;
    row = isLast ? await readRow(deps, taskId) : newerOf(row, await deps.tasks.peek(taskId));
  }
  return row;
}

/** A replica may still have an older row, or none. */
function newerOf(row: TaskRow, seen: TaskRow | undefined): TaskRow {
  return seen !== undefined && seen.version >= row.version ? seen : row;
}
