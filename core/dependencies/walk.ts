import type { TaskRow } from '../task-row.ts';
import { type Dependency, openDependenciesOf } from './dependency.ts';
import type { FoundCycle } from './withdraw.ts';

/**
 * Waiting tasks above a task beyond which no cycle is looked for: a chain takes a read for each of them, at some
 * 5 ms, and a request has 30 s.
 */
export const MAX_WALK = 2000;

/** What a walk has come to: a way back to its beginning, or the tasks that are to be read next, if any. */
export interface Walk {
  readonly cycle?: FoundCycle;
  readonly frontier: readonly string[];
  /** From where each task was come to, and by which dependency of the first; grows as the walk goes on. */
  readonly ways: Map<string, { readonly by: Dependency; readonly from: string }>;
}

/** Rows read so far, by id; undefined for one that is not there. */
export type ReadRows = ReadonlyMap<string, TaskRow | undefined>;

/**
 * Walks from a task, by some of its dependencies, along what waiting tasks are waiting for. Pure: the caller reads
 * what is asked for, consistently and after its own dependency was written, and walks on. `earlier` is how far it has
 * come: then only what that asked for needs to be read. @default the walk begins
 */
export function walkDependencies(
  taskId: string,
  by: readonly Dependency[],
  read: ReadRows,
  earlier?: Walk,
): Walk {
  const ways: Walk['ways'] = earlier?.ways ?? new Map();
  const open = [...(earlier?.frontier ?? [])];
  for (const dependency of earlier === undefined ? by : []) {
    if (dependency.task_id === taskId)
      return { cycle: { by: dependency, path: [taskId, taskId] }, frontier: [], ways };
    if (ways.has(dependency.task_id)) continue;
    ways.set(dependency.task_id, { by: dependency, from: taskId });
    open.push(dependency.task_id);
  }
  const frontier: string[] = [];
  for (const at of open) {
    const way = ways.get(at);
    if (!read.has(at)) frontier.push(at);
    const row = read.get(at);
    if (way === undefined || row?.status !== 'waiting') continue;
    for (const { task_id: next } of openDependenciesOf(row)) {
      if (next === taskId)
        return { cycle: { by: way.by, path: [...pathTo(at), taskId] }, frontier: [], ways };
      if (ways.has(next)) continue;
      ways.set(next, { by: way.by, from: at });
      open.push(next);
    }
  }
  return { frontier, ways };

  function pathTo(id: string): readonly string[] {
    const path = [id];
    for (let at = id; at !== taskId; ) {
      at = ways.get(at)?.from ?? taskId;
      path.push(at);
    }
    return path.reverse();
  }
}
