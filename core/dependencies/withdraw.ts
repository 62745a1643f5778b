import type { ChangeTerms } from '../changes/change.ts';
import type { RowWrite } from '../row-write.ts';
import { failure } from '../task-failure.ts';
import type { TaskRow } from '../task-row.ts';
import { type Dependency, dependenciesOf, openDependenciesOf } from './dependency.ts';
import { failDependent } from './fail-dependent.ts';
import { holdOf, memberOf } from './members.ts';
import { removeDependency } from './settle.ts';
import { takeMembers } from './take-members.ts';

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
 * fails again. One that was met meanwhile stays, without its hold. Undefined where nothing of it is left.
 */
export function withdrawWrite(
  row: TaskRow | undefined,
  { by, path }: FoundCycle,
  terms: ChangeTerms,
): RowWrite | undefined {
  if (row?.status !== 'waiting') return undefined;
  const hold = holdOf(by.index);
  const isHeld = row.waiting_on?.includes(hold) === true;
  const isOpen = openDependenciesOf(row).some(({ index }) => index === by.index);
  if (!isOpen) return isHeld ? takeMembers(row, [hold], { nowMs: terms.nowMs }) : undefined;
  if (isHeld) return removeDependency(row, by, terms.nowMs);
  const text = `the dependencies form a cycle, or cannot be told not to: ${path.join(' -> ')}`;
  const error = failure('dependency_failed', text, false, { task_id: by.task_id, cycle: path });
  return failDependent(row, memberOf(by.index), error, terms);
}

/** Whether a row still has the dependency by which a cycle began: it was met before it could be withdrawn. */
export function isKept(row: TaskRow, { by }: FoundCycle): boolean {
  return row.status !== 'failed' && dependenciesOf(row).some(({ index }) => index === by.index);
}
