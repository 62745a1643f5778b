import type { Dependency } from '../dependencies/dependency.ts';
import { type Mark, markWrite } from '../dependencies/mark-dependency.ts';
import { lookAtDependency, markFor } from '../dependencies/settle.ts';
import type { TaskStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';

/** What the rows of dependencies say, by their ids, once each that is open is marked. */
export type DependencyRows = ReadonlyMap<string, TaskRow>;

/** A mark may be refused by an end, and one for a start by a start: then the row that refused decides. */
const MAX_MARKS = 3;

/**
 * Reads dependencies, after their edges were put, and marks those that nobody has marked. Whatever ends after this
 * look will be told to its dependents; whatever had ended, or started, before it is seen here. Throws where that
 * is not certain.
 */
export async function markDependencies(
  tasks: Pick<TaskStore, 'readAll' | 'write'>,
  dependencies: readonly Dependency[],
): Promise<DependencyRows> {
  if (dependencies.length === 0) return new Map();
  const rows = new Map(await tasks.readAll([...new Set(dependencies.map(({ task_id }) => task_id))]));
  for (let tries = 0; tries < MAX_MARKS; tries += 1) {
    const writes = marksFor(dependencies, rows).map(markWrite);
    if (writes.length === 0) return rows;
    const outcomes = await tasks.write(writes);
    for (const [place, { taskId, set }] of writes.entries()) {
      const outcome = outcomes[place];
      if (outcome?.kind === 'applied') rows.set(taskId, { ...rows.get(taskId), ...set } as TaskRow);
      else if (outcome?.kind !== 'refused') throw new Error(`${taskId} is not marked for certain`);
      else if (outcome.row === undefined) rows.delete(taskId);
      else rows.set(taskId, outcome.row);
    }
  }
  throw new Error('dependencies could not be marked: they changed at every look');
}

/** The marks that are missing, one a row: for a start where anyone waits for that. */
function marksFor(dependencies: readonly Dependency[], rows: DependencyRows): readonly Mark[] {
  const marks = new Map<string, Mark>();
  for (const dependency of dependencies) {
    if (lookAtDependency(dependency, rows.get(dependency.task_id)) !== 'mark') continue;
    const mark = markFor(dependency);
    const start = mark.start || marks.get(mark.taskId)?.start === true;
    marks.set(mark.taskId, { taskId: mark.taskId, start });
  }
  return [...marks.values()];
}
