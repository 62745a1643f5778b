import type { TaskRow } from '../../core/task-row.ts';

/** When a submission was under way, in steps that a history counts. */
interface Submitted {
  readonly begunAt: number;
  readonly answeredAt: number;
}

/** Whose turn it is among the ordered tasks of a key. */
export class Turns {
  readonly #submitted = new Map<string, Submitted & { readonly place: number }>();
  #steps = 0;

  /** A submission begins; what it returns is told the tasks that were answered, in the body's order. */
  begin(): (taskIds: readonly string[]) => void {
    this.#steps += 1;
    const begunAt = this.#steps;
    return (taskIds) => {
      this.#steps += 1;
      for (const [place, taskId] of taskIds.entries())
        this.#submitted.set(taskId, { begunAt, answeredAt: this.#steps, place });
    };
  }

  /**
   * Whether a task's handler may start: none of its key is between its attempts, and none that was accepted before it
   * waits in its place. Throws an Error that tells whose turn it is.
   */
  demandTurn(row: TaskRow, rows: readonly TaskRow[]): void {
    for (const other of rows) {
      if (other.task_id === row.task_id || other.ordering_key !== row.ordering_key) continue;
      const isBetweenAttempts = other.status === 'processing' || other.status === 'retrying';
      const waitsBefore = other.status === 'queued' && hasFirstPlace(other) && this.#isBefore(other, row);
      if (isBetweenAttempts || (waitsBefore && hasFirstPlace(row)))
        throw new Error(
          `${row.task_id} starts while ${other.task_id} of its key is ${other.status}, whose turn it is`,
        );
    }
  }

  #isBefore(one: TaskRow, other: TaskRow): boolean {
    const [a, b] = [this.#submitted.get(one.task_id), this.#submitted.get(other.task_id)];
    if (a === undefined || b === undefined) return false;
    return a.begunAt === b.begunAt ? a.place < b.place : a.answeredAt < b.begunAt;
  }
}

/** Whether a task has not lost the place that it took as it was accepted: all that gives one up raises `generation`. */
function hasFirstPlace({ generation }: TaskRow): boolean {
  return generation === 1;
}
