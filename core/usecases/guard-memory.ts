import { memoryHighWrite } from '../memory-guard.ts';
import type { TaskStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';
import type { WatchDeps } from './watch-attempts.ts';

export interface MemoryGuardDeps extends Pick<WatchDeps, 'every'> {
  readonly tasks: Pick<TaskStore, 'write'>;
  /** Whether the process uses so much of its memory that it should take on nothing more. @default never */
  readonly isMemoryHigh?: (() => boolean) | undefined;
  /** Told when attempts could not be marked; the next look tries again. */
  readonly onBlindLook: (error: unknown) => void;
}

/** Milliseconds between two looks at the memory while attempts run. A look costs some microseconds. */
const LOOK_INTERVAL_MS = 250;

/**
 * Keeps an executor from taking on more than its memory holds: once that is high, no further task of the batch
 * starts beside one that runs, and those that run are marked, so that a task which dies of it is tried next where
 * there is more.
 */
export class MemoryGuard {
  readonly #deps: MemoryGuardDeps;
  readonly #running = new Set<TaskRow>();
  readonly #marked = new WeakSet<TaskRow>();
  #endLooks: (() => void) | undefined;

  constructor(deps: MemoryGuardDeps) {
    this.#deps = deps;
  }

  /** Whether no further attempt may start here. Where nothing runs, there is nothing to wait for. */
  isFull(): boolean {
    return this.#running.size > 0 && this.#isHigh();
  }

  /** Has the attempt looked after until `run` has ended. */
  async during<T>(row: TaskRow, run: () => Promise<T>): Promise<T> {
    if (this.#deps.isMemoryHigh === undefined) return await run();
    this.#running.add(row);
    this.#endLooks ??= this.#deps.every(LOOK_INTERVAL_MS, () => void this.look());
    try {
      return await run();
    } finally {
      this.#running.delete(row);
      if (this.#running.size === 0) {
        this.#endLooks?.();
        this.#endLooks = undefined;
      }
    }
  }

  /** Marks the attempts that run now, if memory is high: once each. */
  async look(): Promise<void> {
    const unmarked = [...this.#running].filter((row) => !this.#marked.has(row));
    if (unmarked.length === 0 || !this.#isHigh()) return;
    for (const row of unmarked) this.#marked.add(row);
    try {
      const outcomes = await this.#deps.tasks.write(unmarked.map(memoryHighWrite));
      for (const [index, row] of unmarked.entries()) {
        if (outcomes[index]?.kind === 'unconfirmed') this.#marked.delete(row);
      }
    } catch (error) {
      for (const row of unmarked) this.#marked.delete(row);
      this.#deps.onBlindLook(error);
    }
  }

  #isHigh(): boolean {
    return this.#deps.isMemoryHigh?.() ?? false;
  }
}
