import type { TaskStore } from '../../core/ports.ts';
import { PROGRESS_INTERVAL_MS, type Progress, progressOf, progressWrite } from '../../core/progress.ts';
import type { TaskRow } from '../../core/task-row.ts';

/** Stores the newest progress of one attempt, at most once in PROGRESS_INTERVAL_MS; a report may be lost. */
export class ProgressReporter {
  readonly #tasks: Pick<TaskStore, 'write'>;
  readonly #row: TaskRow;
  #newest: Progress | undefined;
  #timer: NodeJS.Timeout | undefined;
  #storedAtMs = Number.NEGATIVE_INFINITY;
  #over = false;

  constructor(tasks: Pick<TaskStore, 'write'>, row: TaskRow) {
    this.#tasks = tasks;
    this.#row = row;
  }

  report(percent: number, message?: string): void {
    if (this.#over) return;
    this.#newest = progressOf(percent, message);
    if (this.#timer !== undefined) return;
    const dueInMs = Math.max(0, this.#storedAtMs + PROGRESS_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => this.#store(), dueInMs);
  }

  /** The attempt is over: nothing more is stored. */
  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #store(): void {
    this.#timer = undefined;
    this.#storedAtMs = performance.now();
    if (this.#newest !== undefined) void this.#tasks.write([progressWrite(this.#row, this.#newest)]);
  }
}
