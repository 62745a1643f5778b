import type { InsertOutcome, TaskStore } from '../../core/ports.ts';
import { applyRowWrite, type RowWrite, type WriteOutcome } from '../../core/row-write.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { RowChange } from '../../core/usecases/follow-up-changes.ts';

/** The tasks table in memory: the same writes, by the same meaning. */
export class InMemoryTaskStore implements TaskStore {
  readonly rows = new Map<string, TaskRow>();
  /** Everything written, in order. */
  readonly writes: RowWrite[] = [];
  /** What its stream tells. */
  readonly changes: RowChange[] = [];

  async insert(rows: readonly TaskRow[]): Promise<readonly InsertOutcome[]> {
    return rows.map((row) => {
      const present = this.rows.get(row.task_id);
      if (present !== undefined) return { kind: 'exists', row: present };
      this.rows.set(row.task_id, row);
      this.changes.push({ row });
      return { kind: 'inserted' };
    });
  }

  async write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    if (new Set(writes.map(({ taskId }) => taskId)).size < writes.length) {
      throw new Error('two writes of one call name one row');
    }
    return writes.map((write) => this.#write(write));
  }

  async read(taskId: string): Promise<TaskRow | undefined> {
    return this.rows.get(taskId);
  }

  async readAll(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> {
    return new Map(
      taskIds.flatMap((id) => {
        const row = this.rows.get(id);
        return row === undefined ? [] : [[id, row]];
      }),
    );
  }

  async peek(taskId: string): Promise<TaskRow | undefined> {
    return this.rows.get(taskId);
  }

  #write(write: RowWrite): WriteOutcome {
    this.writes.push(write);
    const previous = this.rows.get(write.taskId);
    const outcome = applyRowWrite(previous, write);
    if (outcome.kind !== 'applied' || outcome.row === undefined) return outcome;
    this.rows.set(write.taskId, outcome.row);
    if (previous !== undefined) this.changes.push({ row: outcome.row, previous });
    return write.returnRow ? outcome : { kind: 'applied' };
  }
}
