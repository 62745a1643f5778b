import type { NamedDependency } from '../dependencies/condition.ts';
import { type Dependency, dependenciesOf, encodeDependency } from '../dependencies/dependency.ts';
import { holdOf, isHold, memberOf, waitsForFallback, withoutMembers } from '../dependencies/members.ts';
import { takeMembers } from '../dependencies/take-members.ts';
import { memberSet, type RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead, type Change, refused } from './change.ts';

type Refused = Extract<Change, { kind: 'refused' }>;

/** `present`: the task has that very dependency. `write` puts it, with an index of its own. */
export type AddDependency =
  | Refused
  | { readonly kind: 'present'; readonly dependency: Dependency }
  | {
      readonly kind: 'write';
      readonly write: RowWrite;
      readonly dependency: Dependency;
      /** The same task with another condition, whose place the new one takes. */
      readonly replaced?: Dependency;
    };

const ONLY_WAITING = 'dependencies can be changed only while a task waits for some';

/** Whether a caller may add to, or take from, what a task waits for. */
export function refusalOfDependencies(row: TaskRow): Refused | undefined {
  return row.status === 'waiting' && !waitsForFallback(row) ? undefined : refused(row, ONLY_WAITING);
}

/**
 * The first of the steps that put a dependency of a waiting task: it stands in the row, open and held, before
 * anything else knows of it. One whose condition is met already (`isMet`) is only put down.
 */
export function addDependency(
  row: TaskRow,
  named: NamedDependency,
  { nowMs, isMet }: { readonly nowMs: number; readonly isMet: boolean },
): AddDependency {
  const refusal = refusalOfDependencies(row);
  if (refusal !== undefined) return refusal;
  const listed = dependenciesOf(row);
  const same = listed.find(({ task_id }) => task_id === named.task_id);
  if (same?.condition === named.condition) return { kind: 'present', dependency: same };

  const dependency: Dependency = { ...named, index: row.next_index ?? 0 };
  const { index } = dependency;
  const set = {
    dependencies: [...listed.filter((other) => other !== same), dependency].map(encodeDependency),
    next_index: index + 1,
  };
  const gone = same === undefined ? [] : [memberOf(same.index), holdOf(same.index)];
  const replaced = same === undefined ? {} : { replaced: same };
  if (isMet) {
    const write = takeMembers(row, gone, { nowMs, isChange: true, set });
    return { kind: 'write', write, dependency, ...replaced };
  }
  const waitingOn = memberSet([...withoutMembers(row, gone), memberOf(index), holdOf(index)]);
  const isFirstHold = !(row.waiting_on ?? []).some(isHold);
  const timer = isFirstHold ? timerChange(row, { ...row, waiting_on: waitingOn }, nowMs) : { set: {} };
  const write: RowWrite = {
    taskId: row.task_id,
    expect: [
      ...asRead(row),
      { attribute: 'status', oneOf: ['waiting'] },
      row.waiting_on === undefined
        ? { attribute: 'waiting_on', absent: true }
        : { attribute: 'waiting_on', exactly: row.waiting_on },
    ],
    set: { ...set, waiting_on: waitingOn, ...timer.set },
    increment: ['version'],
    returnRow: true,
  };
  return { kind: 'write', write, dependency, ...replaced };
}
