import { addDependency, refusalOfDependencies } from '../changes/add-dependency.ts';
import { dependencyChangeSchema } from '../contract/dependency-schema.ts';
import { checkInput } from '../contract/input-errors.ts';
import { LIMITS } from '../contract/limits.ts';
import { DEFAULT_CONDITION, type NamedDependency } from '../dependencies/condition.ts';
import { type Dependency, dependenciesOf } from '../dependencies/dependency.ts';
import { edgeOf } from '../dependencies/edge.ts';
import { judgeDependency } from '../dependencies/judge-dependency.ts';
import { holdOf } from '../dependencies/members.ts';
import { removeDependency } from '../dependencies/settle.ts';
import { moveOnIfEmpty } from '../dependencies/take-members.ts';
import {
  DomainError,
  dependencyCycle,
  dependencyNotFound,
  invalidStateTransition,
  storageUnavailable,
  validationFailed,
} from '../errors.ts';
import type { TaskStore } from '../ports.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { type CompletionDeps, completeDependencies } from './complete-dependencies.ts';
import { demandCompleted } from './demand-completed.ts';
import { readKnown } from './known-dependencies.ts';
import { readRow } from './read-task.ts';

export interface ChangeDependenciesDeps extends CompletionDeps {
  readonly tasks: Pick<TaskStore, 'read' | 'readAll' | 'write'>;
}

/** Looks at a task's row until a change of it is written: what it waits for ends meanwhile. */
const MAX_LOOKS = 10;

/** A task that was given a dependency; `isNew` is false where it had it before. */
export interface PutDependency {
  readonly row: TaskRow;
  readonly isNew: boolean;
}

/**
 * Lets a waiting task wait for another one too. Throws `validation_failed`, `task_not_found`,
 * `invalid_state_transition`, `dependency_not_found`, `dependency_cycle`, `storage_unavailable`.
 */
export async function putDependency(
  deps: ChangeDependenciesDeps,
  taskId: string,
  dependencyId: string,
  body: unknown,
): Promise<PutDependency> {
  const checked = checkInput(dependencyChangeSchema, body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const named: NamedDependency = {
    task_id: dependencyId,
    condition: checked.value.condition ?? DEFAULT_CONDITION,
  };
  let row = await readRow(deps, taskId);
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const isMet = await demandDependency(deps, row, named);
    const added = addDependency(row, named, { nowMs: deps.clock.nowMs(), isMet });
    switch (added.kind) {
      case 'refused':
        throw invalidStateTransition(row, added.rule);
      case 'present':
        return { row: await complete(deps, row, added.dependency), isNew: false };
      case 'write': {
        const outcome = await writeOne(deps, added.write);
        if (outcome.kind === 'applied') {
          if (added.replaced !== undefined) await removeEdge(deps, taskId, added.replaced);
          const isNew = added.replaced === undefined;
          return { row: await complete(deps, outcome.row, added.dependency), isNew };
        }
        row = outcome.row;
      }
    }
  }
  throw busy();
}

/**
 * Lets a waiting task no longer wait for another one. Throws `task_not_found`, `invalid_state_transition`,
 * `dependency_not_found`, `storage_unavailable`.
 */
export async function deleteDependency(
  deps: ChangeDependenciesDeps,
  taskId: string,
  dependencyId: string,
): Promise<TaskRow> {
  let row = await readRow(deps, taskId);
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const refusal = refusalOfDependencies(row);
    if (refusal !== undefined) throw invalidStateTransition(row, refusal.rule);
    const dependency = dependenciesOf(row).find(({ task_id }) => task_id === dependencyId);
    if (dependency === undefined) throw notADependency(taskId, dependencyId);
    const outcome = await writeOne(deps, removeDependency(row, dependency, deps.clock.nowMs()));
    if (outcome.kind === 'applied') {
      await removeEdge(deps, taskId, dependency);
      const move = moveOnIfEmpty(outcome.row, deps.clock.nowMs());
      return move === undefined ? outcome.row : (await writeOne(deps, move)).row;
    }
    row = outcome.row;
  }
  throw busy();
}

/**
 * Whether the condition is met already. Demands, in this order, that the task waits for dependencies at all, for
 * another than itself, for one that exists, and for few enough.
 */
async function demandDependency(
  deps: ChangeDependenciesDeps,
  row: TaskRow,
  { task_id, condition }: NamedDependency,
): Promise<boolean> {
  const refusal = refusalOfDependencies(row);
  if (refusal !== undefined) throw invalidStateTransition(row, refusal.rule);
  if (task_id === row.task_id) throw dependencyCycle([task_id, task_id]);
  const found = (await readKnown(deps, [task_id])).get(task_id);
  if (found === undefined) throw dependencyNotFound([task_id]);
  const listed = dependenciesOf(row);
  const isListed = listed.some((one) => one.task_id === task_id);
  if (!isListed && listed.length >= LIMITS.dependencies) {
    const message = `the task has ${listed.length} dependencies; at most ${LIMITS.dependencies} are allowed`;
    throw validationFailed([{ path: '/dependency_id', message }]);
  }
  return judgeDependency(condition, found) === 'met';
}

/** Goes on after the first step, also for one who died there: as long as the hold is there, all is to be done. */
async function complete(
  deps: ChangeDependenciesDeps,
  row: TaskRow,
  dependency: Dependency,
): Promise<TaskRow> {
  const hold = holdOf(dependency.index);
  if (row.status !== 'waiting' || !row.waiting_on?.includes(hold)) return row;
  const registration = { row, holds: [hold], only: [dependency.index], walks: true };
  return demandCompleted((await completeDependencies(deps, [registration]))[0]);
}

async function writeOne(
  { tasks }: ChangeDependenciesDeps,
  write: RowWrite,
): Promise<{ readonly kind: 'applied' | 'refused'; readonly row: TaskRow }> {
  const [outcome] = await tasks.write([write]);
  if (outcome === undefined || outcome.kind === 'unconfirmed' || outcome.row === undefined) throw busy();
  return { kind: outcome.kind, row: outcome.row };
}

/** An edge that stays leads to an index that the task no longer waits for, and expires. */
async function removeEdge(
  { edges }: ChangeDependenciesDeps,
  taskId: string,
  dependency: Dependency,
): Promise<void> {
  await edges.remove([edgeOf(taskId, dependency)]).catch(() => []);
}

function notADependency(taskId: string, dependencyId: string): DomainError {
  const text = `task ${taskId} does not depend on ${dependencyId}; its "dependencies" name what it waits for`;
  return new DomainError('dependency_not_found', text, { task_ids: [dependencyId] });
}

function busy() {
  return storageUnavailable('the change is not stored for certain: ask for the task, and try again');
}
