import { cancelChange } from '../changes/cancel-task.ts';
import type { Change } from '../changes/change.ts';
import { type Patch, patchChange } from '../changes/patch-task.ts';
import { restartChange } from '../changes/restart-task.ts';
import { type MetDependencies, retryByHandChange } from '../changes/retry-by-hand.ts';
import { checkInput } from '../contract/input-errors.ts';
import { patchSchema } from '../contract/patch-schema.ts';
import { timeErrors } from '../contract/time-rules.ts';
import { dependenciesOf } from '../dependencies/dependency.ts';
import { judgeDependency } from '../dependencies/judge-dependency.ts';
import { memberOf, SUBMISSION_HOLD } from '../dependencies/members.ts';
import {
  type InputError,
  invalidStateTransition,
  storageUnavailable,
  validationFailed,
  versionMismatch,
} from '../errors.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';
import { type CompletionDeps, completeDependencies } from './complete-dependencies.ts';
import { demandCompleted } from './demand-completed.ts';
import { readRow } from './read-task.ts';

export interface ChangeDeps {
  readonly tasks: Pick<TaskStore, 'read' | 'write'>;
  readonly clock: Clock;
  readonly retentionSeconds: number;
}

/** A task that is retried waits for its dependencies again. */
export interface RetryDeps extends CompletionDeps {
  readonly tasks: Pick<TaskStore, 'read' | 'readAll' | 'write'>;
}

/** Looks at a task's row until a change of it is written: others change it meanwhile. */
const MAX_LOOKS = 5;

/**
 * Cancels a task: at once where nothing runs; a running attempt is asked to stop. Throws `task_not_found`,
 * `invalid_state_transition`.
 */
export async function cancelTask(deps: ChangeDeps, taskId: string): Promise<TaskRow> {
  return await change(deps, taskId, (row) => cancelChange(row, terms(deps)));
}

/**
 * Starts a failed task's policy again; one with dependencies that are not met waits for them anew, and fails again
 * if they have failed. Throws `task_not_found`, `invalid_state_transition`, `dependency_cycle`.
 */
export async function retryTask(deps: RetryDeps, taskId: string): Promise<TaskRow> {
  const row = await change(deps, taskId, async (failed) =>
    retryByHandChange(failed, deps.clock.nowMs(), await metDependencies(deps, failed)),
  );
  if (row.status !== 'waiting') return row;
  const registration = { row, holds: [SUBMISSION_HOLD], walks: true };
  return demandCompleted((await completeDependencies(deps, [registration]))[0]);
}

/** One that is gone was met if the task no longer waited for it when it failed. */
async function metDependencies({ tasks }: RetryDeps, row: TaskRow): Promise<MetDependencies> {
  const dependencies = dependenciesOf(row);
  if (row.status !== 'failed' || dependencies.length === 0) return new Set();
  const rows = await tasks.readAll(dependencies.map(({ task_id }) => task_id));
  const met = dependencies.filter(({ task_id, condition, index }) => {
    const found = rows.get(task_id);
    if (found === undefined) return !row.waiting_on?.includes(memberOf(index));
    return judgeDependency(condition, found) === 'met';
  });
  return new Set(met.map(({ index }) => index));
}

/** Ends the lease of a running attempt. Throws `task_not_found`, `invalid_state_transition`. */
export async function restartTask(deps: ChangeDeps, taskId: string): Promise<TaskRow> {
  return await change(deps, taskId, (row) => restartChange(row, deps.clock.nowMs()));
}

/**
 * Changes a task that waits to run, only at `ifVersion` if that is given. Throws `validation_failed`,
 * `task_not_found`, `version_mismatch`, `invalid_state_transition`.
 */
export async function patchTask(
  deps: ChangeDeps,
  taskId: string,
  body: unknown,
  ifVersion?: number,
): Promise<TaskRow> {
  const checked = checkInput(patchSchema, body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const { priority, metadata, tags, scheduled_at, deadline } = checked.value;
  const patch: Patch = {
    ...(priority === undefined ? {} : { priority }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(tags === undefined ? {} : { tags }),
    ...(scheduled_at === undefined ? {} : { scheduled_at: msOf(scheduled_at) }),
    ...(deadline === undefined ? {} : { deadline: msOf(deadline) }),
  };
  return await change(deps, taskId, (row) => {
    if (ifVersion !== undefined && ifVersion !== row.version) throw versionMismatch(row.version);
    const nowMs = deps.clock.nowMs();
    const errors = timesChange(patch) ? timeErrors({ ...row, ...patch }, nowMs, '') : [];
    if (errors.length > 0) throw validationFailed(errors.map((error) => inBody(error, patch)));
    return patchChange(row, patch, nowMs);
  });
}

function msOf(moment: string | null): number | null {
  return moment === null ? null : Date.parse(moment);
}

/** What a patch has made wrong stands where the patch names it: a deadline that it leaves as it is, it does not. */
function inBody(error: InputError, { deadline }: Patch): InputError {
  return deadline === undefined ? { ...error, path: '/scheduled_at' } : error;
}

function timesChange({ scheduled_at, deadline }: Patch): boolean {
  return scheduled_at !== undefined || deadline !== undefined;
}

function terms({ clock, retentionSeconds }: ChangeDeps) {
  return { nowMs: clock.nowMs(), retentionSeconds };
}

/** Decides by the row as it is, writes only to that very row, and looks again where it has changed meanwhile. */
async function change(
  deps: ChangeDeps,
  taskId: string,
  decide: (row: TaskRow) => Change | Promise<Change>,
): Promise<TaskRow> {
  let row = await readRow(deps, taskId);
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const decided = await decide(row);
    if (decided.kind === 'unchanged') return row;
    if (decided.kind === 'refused') throw invalidStateTransition(row, decided.rule);
    const [outcome] = await deps.tasks.write([decided.write]);
    if (outcome?.kind === 'applied') return outcome.row ?? (await readRow(deps, taskId));
    if (outcome?.kind !== 'refused') break;
    row = await readRow(deps, taskId);
  }
  throw storageUnavailable('the change is not stored for certain: ask for the task, and try again');
}
