import type { Dependency } from '../dependencies/dependency.ts';
import { MAX_WALK, walkDependencies } from '../dependencies/walk.ts';
import type { FoundCycle } from '../dependencies/withdraw.ts';
import type { TaskStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';

/**
 * The cycle that dependencies of a task close, if any. To be asked after they were written, for then the last of
 * those who close one together sees it. Where too many tasks wait above to tell, that is treated as one.
 */
export async function findCycle(
  tasks: Pick<TaskStore, 'readAll'>,
  taskId: string,
  dependencies: readonly Dependency[],
): Promise<FoundCycle | undefined> {
  const read = new Map<string, TaskRow | undefined>();
  for (;;) {
    const { cycle, frontier } = walkDependencies(taskId, dependencies, read);
    if (cycle !== undefined || frontier.length === 0) return cycle;
    if (read.size + frontier.length > MAX_WALK) return tooFar(taskId, dependencies);
    const rows = await tasks.readAll(frontier);
    for (const id of frontier) read.set(id, rows.get(id));
  }
}

function tooFar(taskId: string, [by]: readonly Dependency[]): FoundCycle | undefined {
  return by && { by, path: [taskId, by.task_id], isTooFar: true };
}
