import { acceptTask } from '../../core/accept-task.ts';
import type { Submission } from '../../core/submission.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { shardOf } from '../../core/time-index.ts';
import { type ListCall, type ListDeps, listTasks } from '../../core/usecases/list-tasks.ts';
import { NOW_MS, newTaskId } from './builders.ts';
import { FixedClock } from './fixed-clock.ts';
import { InMemoryTaskIndex } from './in-memory-task-index.ts';

/** A task of a list: when it was created, and what it is. */
export interface ListedSpec {
  readonly agoMs: number;
  readonly task?: Partial<Submission>;
  readonly row?: Partial<TaskRow>;
}

/** A row as it would be after so many milliseconds of some life; a failed one is in its lane's failed index. */
export function aListedRow({ agoMs, task, row = {} }: ListedSpec, shards: number): TaskRow {
  const taskId = newTaskId();
  const terms = { taskId, tenant: 'client-1', nowMs: NOW_MS - agoMs, shard: shardOf(taskId, shards) };
  return { ...acceptTask({ type: 'echo', payload: 1, ...task }, terms).row, ...row };
}

/** A list over rows that were created so many milliseconds ago. */
export function aList(specs: readonly ListedSpec[], shards = 4) {
  const rows = new Map<string, TaskRow>();
  const index = new InMemoryTaskIndex(rows);
  const put = (row: TaskRow) => {
    rows.set(row.task_id, row);
    index.announceRow(row);
  };
  for (const spec of specs) put(aListedRow(spec, shards));
  const deps: ListDeps = {
    index,
    shards,
    cursorKeys: { read: async () => ['key-1'] },
    clock: new FixedClock(NOW_MS),
    findTaskType: () => undefined,
  };
  const call = (more: Partial<ListCall> = {}): ListCall => ({
    route: 'GET /tasks',
    tenant: 'client-1',
    filter: {},
    limit: 50,
    ...more,
  });
  const newestFirst = idsOf([...rows.values()]);
  return { rows, index, deps, call, put, newestFirst };
}

export type List = ReturnType<typeof aList>;

/** The ids of rows, the newest first. */
export function idsOf(rows: readonly TaskRow[]): string[] {
  return [...rows].sort((a, b) => (a.listed_at < b.listed_at ? 1 : -1)).map(({ task_id }) => task_id);
}

/** The ids of all pages, and what each page had; `between` is done after each page. */
export async function allPages({ deps, call }: List, more: Partial<ListCall> = {}, between = () => {}) {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listTasks(deps, call({ ...more, ...(cursor === undefined ? {} : { cursor }) }));
    pages.push(page.items.map(({ task_id }) => task_id));
    cursor = page.next_cursor ?? undefined;
    between();
  } while (cursor !== undefined && pages.length < 1000);
  return { pages, ids: pages.flat() };
}
