import type { ChangeTerms } from '../changes/change.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { type Dependency, dependenciesOf, encodeDependency, openDependenciesOf } from './dependency.ts';
import { failDependent } from './fail-dependent.ts';
import { dependencyFailed, judgeDependency, type Verdict } from './judge-dependency.ts';
import { isMarked, type Mark } from './mark-dependency.ts';
import { holdOf, memberOf } from './members.ts';
import { takeMembers } from './take-members.ts';

/** One operation that puts dependencies of a task: its holds, and which dependencies are its. */
export interface Registration {
  readonly row: TaskRow;
  readonly holds: readonly string[];
  /** By index. @default all that are open */
  readonly only?: readonly number[];
  /**
   * Whether to look for cycles: where dependencies were added to a task for which others may wait already. Nobody
   * can wait for a task that was not there before. @default false
   */
  readonly walks?: boolean;
}

/** The dependencies that an operation has to put: those of its own that are still open in the row. */
export function dependenciesToPut({ row, only }: Registration): readonly Dependency[] {
  return openDependenciesOf(row).filter(({ index }) => only === undefined || only.includes(index));
}

/** What a dependency's row, read after its edge was put, says: decided, safely told of later, or still to be marked. */
export type Look = Exclude<Verdict, 'open'> | 'told' | 'mark';

export function lookAtDependency({ condition }: Dependency, row: TaskRow | undefined): Look {
  const verdict = judgeDependency(condition, row);
  if (verdict !== 'open') return verdict;
  return isMarked(row ?? {}, condition) ? 'told' : 'mark';
}

/** The mark that a dependency asks for. */
export function markFor({ task_id, condition }: Dependency): Mark {
  return { taskId: task_id, start: condition === 'start' };
}

/** A dependency with what its row said. */
export interface Seen {
  readonly dependency: Dependency;
  readonly row: TaskRow | undefined;
}

/**
 * The last step of an operation on a row: the hold goes, along with the dependencies that are met; one that failed
 * fails the task. Undefined where the hold is gone: somebody else has done it, or the task no longer waits.
 */
export function settleWrite(
  row: TaskRow | undefined,
  holds: readonly string[],
  seen: readonly Seen[],
  terms: ChangeTerms,
): RowWrite | undefined {
  if (row?.status !== 'waiting') return undefined;
  const open = new Set(row.waiting_on);
  const held = holds.filter((hold) => open.has(hold));
  if (held.length === 0) return undefined;
  const decided = seen.filter(({ dependency }) => open.has(memberOf(dependency.index)));
  const failed = decided.find((one) => verdictOf(one) === 'failed');
  if (failed !== undefined) {
    const error = dependencyFailed(failed.dependency, failed.row);
    return failDependent(row, memberOf(failed.dependency.index), error, terms);
  }
  const met = decided.filter((one) => verdictOf(one) === 'met').map(({ dependency }) => dependency.index);
  return takeMembers(row, [...met.map(memberOf), ...held], { nowMs: terms.nowMs });
}

function verdictOf({ dependency, row }: Seen): Verdict {
  return judgeDependency(dependency.condition, row);
}

/**
 * Of the dependencies that an operation has put, those for which the row no longer waits: their edges lead nowhere.
 * By the row, not by what became of the dependency: while the row waits for it, its end is told by the edge.
 */
export function closedDependencies(
  row: TaskRow | undefined,
  dependencies: readonly Dependency[],
): readonly Dependency[] {
  const open = new Set(row?.status === 'waiting' ? row.waiting_on : []);
  return dependencies.filter(({ index }) => !open.has(memberOf(index)));
}

/** Takes a dependency away, with its hold and with its place in the list. */
export function removeDependency(row: TaskRow, { index }: Dependency, nowMs: number): RowWrite {
  const kept = dependenciesOf(row).filter((other) => other.index !== index);
  return takeMembers(row, [memberOf(index), holdOf(index)], {
    nowMs,
    isChange: true,
    ...(kept.length === 0
      ? { remove: ['dependencies'] }
      : { set: { dependencies: kept.map(encodeDependency) } }),
  });
}
