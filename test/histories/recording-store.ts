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

/**
 * A tasks table with its stream: every change is checked, and told in order. A change and its record are one step: of
 * a process that is dead or stalled, other writes may still be under way.
 */
export class RecordingStore implements TaskStore {
  readonly #inner: TaskStore;
  #lastStep: Promise<unknown> = Promise.resolve();
  /** Changes that nobody has read yet. */
  readonly stream: RowChange[] = [];
  /** Every row that was ever put. */
  readonly taskIds = new Set<string>();
  /** The rows as they were changed last. */
  readonly known = new Map<string, TaskRow>();
  /** What was broken: whoever wrote it may be dead, or take it for an outage. */
  readonly violations: unknown[] = [];

  constructor(inner: TaskStore) {
    this.#inner = inner;
  }

  insert = (rows: readonly TaskRow[]): Promise<readonly InsertOutcome[]> =>
    this.#step(() => this.#insert(rows));
  write = (writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> =>
    this.#step(() => this.#write(writes));

  /** All rows, as they are. */
  rows = (): Promise<readonly TaskRow[]> =>
    this.#step(async () => [...(await this.#inner.readAll([...this.taskIds])).values()]);

  /** One after the other. */
  #step<T>(run: () => Promise<T>): Promise<T> {
    const step = this.#lastStep.then(run);
    this.#lastStep = step.catch(() => undefined);
    return step;
  }

  async #insert(rows: readonly TaskRow[]): Promise<readonly InsertOutcome[]> {
    const outcomes = await this.#inner.insert(rows);
    rows.forEach((row, index) => {
      if (outcomes[index]?.kind !== 'inserted') return;
      this.taskIds.add(row.task_id);
      this.#tell({ row });
    });
    return outcomes;
  }

  async #write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    const ids = writes.map(({ taskId }) => taskId);
    const before = await this.#inner.readAll(ids);
    const outcomes = await this.#inner.write(writes);
    const after = await this.#inner.readAll(ids);
    writes.forEach(({ taskId }, index) => {
      const [previous, row] = [before.get(taskId), after.get(taskId)];
      if (outcomes[index]?.kind !== 'applied' || previous === undefined || row === undefined) return;
      this.#tell({ row, previous });
    });
    return outcomes;
  }

  /** The stream's mapping lets through only some rows: from the others nothing may follow. */
  #tell(change: RowChange): void {
    const { row, previous } = change;
    this.known.set(row.task_id, row);
    try {
      if (previous !== undefined) checkChange(previous, row);
      if (!isDispatched(row) && followUpsOf(row, previous).length > 0)
        throw new Error(`${row.task_id}: what follows from it is not seen (${row.status})`);
    } catch (violation) {
      this.violations.push(violation);
    }
    if (isDispatched(row)) this.stream.push(change);
  }

  read = (taskId: string): Promise<TaskRow | undefined> => this.#inner.read(taskId);
  readAll = (taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> =>
    this.#inner.readAll(taskIds);
}
