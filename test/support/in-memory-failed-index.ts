import type { FailedIndex, FailedPage } from '../../core/failed-index.ts';
import type { TaskRow } from '../../core/task-row.ts';

/** The index of failed tasks in memory, over the rows of a store. */
export class InMemoryFailedIndex implements FailedIndex {
  readonly #rows: ReadonlyMap<string, TaskRow>;

  constructor(rows: ReadonlyMap<string, TaskRow>) {
    this.#rows = rows;
  }

  async page({ lane, limit, after = '' }: Parameters<FailedIndex['page']>[0]): Promise<FailedPage> {
    const entries = [...this.#rows.values()]
      .filter(({ failed_in, listed_at }) => failed_in === lane && listed_at > after)
      .sort((a, b) => (a.listed_at < b.listed_at ? -1 : 1));
    const page = entries.slice(0, limit);
    const taskIds = page.map(({ task_id }) => task_id);
    const next = page.at(-1)?.listed_at;
    return next === undefined || entries.length <= limit ? { taskIds } : { taskIds, next };
  }
}
