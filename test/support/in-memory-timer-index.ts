import type { TaskRow } from '../../core/task-row.ts';
import type { TimerIndex, TimerPage } from '../../core/usecases/sweep-timers.ts';

/** The timer index in memory, over the rows of a store. */
export class InMemoryTimerIndex implements TimerIndex {
  readonly #rows: ReadonlyMap<string, TaskRow>;

  constructor(rows: ReadonlyMap<string, TaskRow>) {
    this.#rows = rows;
  }

  async due({ shard, untilMs, limit, after }: Parameters<TimerIndex['due']>[0]): Promise<TimerPage> {
    const entries = [...this.#rows.values()]
      .flatMap(({ task_id, timer_at, timer_in }) =>
        timer_in === shard && timer_at !== undefined && timer_at <= untilMs ? [{ task_id, timer_at }] : [],
      )
      .sort((a, b) => a.timer_at - b.timer_at || (a.task_id < b.task_id ? -1 : 1));
    const from = after === undefined ? 0 : entries.findIndex(({ task_id }) => task_id === after.task_id) + 1;
    const page = entries.slice(from, from + limit);
    const next = page.at(-1);
    const taskIds = page.map(({ task_id }) => task_id);
    return next === undefined || from + limit >= entries.length ? { taskIds } : { taskIds, next };
  }
}
