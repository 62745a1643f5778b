import { cancelChange } from '../changes/cancel-task.ts';
import type { Change } from '../changes/change.ts';
import { type Patch, patchChange } from '../changes/patch-task.ts';
import { restartChange } from '../changes/restart-task.ts';
import { retryByHandChange } from '../changes/retry-by-hand.ts';
import { checkInput } from '../contract/input-errors.ts';
import { patchSchema } from '../contract/patch-schema.ts';
import { timeErrors } from '../contract/time-rules.ts';
import { invalidStateTransition, storageUnavailable, validationFailed, versionMismatch } from '../errors.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';
import { readRow } from './read-task.ts';

export interface ChangeDeps {
  readonly tasks: Pick<TaskStore, 'read' | 'write'>;
  readonly clock: Clock;
  readonly retentionSeconds: number;
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

/** Starts a failed task's policy again. Throws `task_not_found`, `invalid_state_transition`. */
export async function retryTask(deps: ChangeDeps, taskId: string): Promise<TaskRow> {
  return await change(deps, taskId, (row) => retryByHandChange(row, deps.clock.nowMs()));
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
    if (ifVersion !== undefined && ifVersion !== row.version) throw versionMismatch(ifVersion, row.version);
    const nowMs = deps.clock.nowMs();
    const errors = timesChange(patch) ? timeErrors({ ...row, ...patch }, nowMs, '') : [];
    if (errors.length > 0) throw validationFailed(errors);
    return patchChange(row, patch, nowMs);
  });
}

function msOf(moment: string | null): number | null {
  return moment === null ? null : Date.parse(moment);
}

function timesChange({ scheduled_at, deadline }: Patch): boolean {
  return scheduled_at !== undefined || deadline !== undefined;
}

function terms({ clock, retentionSeconds }: ChangeDeps) {
  return { nowMs: clock.nowMs(), retentionSeconds };
}

/** Decides by the row as it is, writes only to that very row, and looks again where it has changed meanwhile. */
async function change(deps: ChangeDeps, taskId: string, decide: (row: TaskRow) => Change): Promise<TaskRow> {
  let row = await readRow(deps, taskId);
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const decided = decide(row);
    if (decided.kind === 'unchanged') return row;
    if (decided.kind === 'refused') throw invalidStateTransition(row, decided.rule);
    const [outcome] = await deps.tasks.write([decided.write]);
    if (outcome?.kind === 'applied') return outcome.row ?? (await readRow(deps, taskId));
    if (outcome?.kind !== 'refused') break;
    row = await readRow(deps, taskId);
  }
  throw storageUnavailable('the change is not stored for certain: ask for the task, and try again');
}
