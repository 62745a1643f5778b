import type { Change } from '../../core/changes/change.ts';
import { applyRowWrite, type RowWrite } from '../../core/row-write.ts';
import type { TaskRow } from '../../core/task-row.ts';

/** The write that a change comes to. */
export function writeOf(change: Change): RowWrite {
  if (change.kind !== 'write') throw new Error(`the change is ${change.kind}`);
  return change.write;
}

/** The row after a change that was decided on it. */
export function applied(row: TaskRow, change: Change): TaskRow {
  const outcome = applyRowWrite(row, writeOf(change));
  if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('the change was refused');
  return outcome.row;
}
