import type { ChangeTerms } from '../changes/change.ts';
import type { RowWrite } from '../row-write.ts';
import { failure } from '../task-failure.ts';
import type { TaskRow } from '../task-row.ts';
import { type Dependency, openDependenciesOf } from './dependency.ts';
import { failDependent } from './fail-dependent.ts';
import { holdOf, memberOf } from './members.ts';
import { removeDependency } from './settle.ts';

/** A cycle, and the dependency of the own task by which it begins. */
export interface FoundCycle {
  readonly by: Dependency;
  /** From the own task back to itself. */
  readonly path: readonly string[];
  /** There were too many tasks to tell: `path` is only the beginning, and it is treated as a cycle. @default false */
  readonly isTooFar?: boolean;
}

/**
 * Undoes what has closed a cycle: a dependency that was put later goes again; a task that was retried into one
 * fails again. Undefined where it is gone already.
 */
export function withdrawWrite(
  row: TaskRow | undefined,
  { by, path }: FoundCycle,
  terms: ChangeTerms,
): RowWrite | undefined {
  if (row?.status !== 'waiting' || !openDependenciesOf(row).some(({ index }) => index === by.index)) {
    return undefined;
  }
  if (row.waiting_on?.includes(holdOf(by.index))) return removeDependency(row, by, terms.nowMs);
  const text = `the dependencies form a cycle, or cannot be told not to: ${path.join(' -> ')}`;
  const error = failure('dependency_failed', text, false, { task_id: by.task_id, cycle: path });
  return failDependent(row, memberOf(by.index), error, terms);
}
