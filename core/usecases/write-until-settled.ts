import type { TaskStore } from '../ports.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';

/** What came of a row: nothing more is to be written (the row as last seen), or a write is not certain. */
export type SettledRow =
  | { readonly kind: 'settled'; readonly row: TaskRow | undefined }
  | { readonly kind: 'unconfirmed'; readonly reason: string };

/**
 * Writes that a row may take before its caller gives up: its own two or three, and as many as others, who each
 * took a member away, got in between.
 */
const MAX_WRITES = 12;

/**
 * Asks for each row what is to be written, as it is now; writes all that together; and asks again with the rows
 * as they are then, whether they were changed or refused it, until nothing is to be written any more.
 */
export async function writeUntilSettled(
  { tasks }: { readonly tasks: Pick<TaskStore, 'write'> },
  rows: readonly TaskRow[],
  next: (row: TaskRow | undefined, taskId: string) => RowWrite | undefined,
): Promise<ReadonlyMap<string, SettledRow>> {
  const settled = new Map<string, SettledRow>();
  let open = new Map<string, TaskRow | undefined>(rows.map((row) => [row.task_id, row]));
  for (let round = 0; open.size > 0; round += 1) {
    const writes: RowWrite[] = [];
    for (const [taskId, row] of open) {
      const write = next(row, taskId);
      if (write === undefined) settled.set(taskId, { kind: 'settled', row });
      else writes.push(write);
    }
    if (round === MAX_WRITES) {
      for (const { taskId } of writes)
        settled.set(taskId, { kind: 'unconfirmed', reason: `${taskId} changed at every look` });
      return settled;
    }
    const outcomes = writes.length === 0 ? [] : await tasks.write(writes);
    open = new Map();
    for (const [place, { taskId }] of writes.entries()) {
      const outcome = outcomes[place];
      if (outcome?.kind === 'applied' || outcome?.kind === 'refused') open.set(taskId, outcome.row);
      else settled.set(taskId, { kind: 'unconfirmed', reason: outcome?.reason ?? `${taskId} has no answer` });
    }
  }
  return settled;
}
