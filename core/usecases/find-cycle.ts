import type { Dependency } from '../dependencies/dependency.ts';
import { MAX_WALK, walkDependencies } from '../dependencies/walk.ts';
import type { FoundCycle } from '../dependencies/withdraw.ts';
import type { TaskStore } from '../ports.ts';

/**
 * The cycle that dependencies of a task close, if any. To be asked after they were written, for then the last of
 * those who close one together sees it. Where too many tasks wait above to tell, that is treated as one.
 */
export async function findCycle(
  tasks: Pick<TaskStore, 'readAll'>,
  taskId: string,
  dependencies: readonly Dependency[],
): Promise<FoundCycle | undefined> {
  let walk = walkDependencies(taskId, dependencies, new Map());
  let read = 0;
  while (walk.cycle === undefined && walk.frontier.length > 0) {
    read += walk.frontier.length;
    if (read > MAX_WALK) return tooFar(taskId, dependencies);
    const rows = await tasks.readAll(walk.frontier);
    walk = walkDependencies(
      taskId,
      dependencies,
      new Map(walk.frontier.map((id) => [id, rows.get(id)])),
      walk,
    );
  }
  return walk.cycle;
}

function tooFar(taskId: string, [by]: readonly Dependency[]): FoundCycle | undefined {
  return by && { by, path: [taskId, by.task_id], isTooFar: true };
}
