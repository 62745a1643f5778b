import { DISPATCHED, followUpsOf } from '../../core/follow-up.ts';
import type { InsertOutcome, TaskStore } from '../../core/ports.ts';
import type { RowWrite, WriteOutcome } from '../../core/row-write.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { RowChange } from '../../core/usecases/follow-up-changes.ts';
import { checkChange } from './invariants.ts';

function isDispatched(row: TaskRow): boolean {
  return DISPATCHED.some(
    ({ statuses, mark }) => statuses.includes(row.status) && (mark === undefined || row[mark] !== undefined),
  );
}

/** A tasks table with its stream: every change is checked, and told in order. */
export class RecordingStore implements TaskStore {
  readonly #inner: TaskStore;
  /** Changes that nobody has read yet. */
  readonly stream: RowChange[] = [];
  /** Every row that was ever put. */
  readonly taskIds = new Set<string>();

  constructor(inner: TaskStore) {
    this.#inner = inner;
  }

  async insert(rows: readonly TaskRow[]): Promise<readonly InsertOutcome[]> {
    const outcomes = await this.#inner.insert(rows);
    rows.forEach((row, index) => {
      if (outcomes[index]?.kind !== 'inserted') return;
      this.taskIds.add(row.task_id);
      this.#tell({ row });
    });
    return outcomes;
  }

  async write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    const ids = writes.map(({ taskId }) => taskId);
    const before = await this.#inner.readAll(ids);
    const outcomes = await this.#inner.write(writes);
    const after = await this.#inner.readAll(ids);
    writes.forEach(({ taskId }, index) => {
      const [previous, row] = [before.get(taskId), after.get(taskId)];
      if (outcomes[index]?.kind !== 'applied' || previous === undefined || row === undefined) return;
      checkChange(previous, row);
      this.#tell({ row, previous });
    });
    return outcomes;
  }

  /** The stream's mapping lets through only some rows: from the others nothing may follow. */
  #tell(change: RowChange): void {
    const { row, previous } = change;
    if (isDispatched(row)) this.stream.push(change);
    else if (followUpsOf(row, previous).length > 0)
      throw new Error(`${row.task_id}: what follows from it is not seen (${row.status})`);
  }

  read = (taskId: string): Promise<TaskRow | undefined> => this.#inner.read(taskId);
  readAll = (taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> =>
    this.#inner.readAll(taskIds);

  /** All rows, as they are. */
  async rows(): Promise<readonly TaskRow[]> {
    return [...(await this.#inner.readAll([...this.taskIds])).values()];
  }
}
