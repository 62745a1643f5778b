import { BULK_TIMEOUT_SECONDS, type BulkKind, bulkType } from '../bulk.ts';
import { type BulkCount, type BulkStarted, bulkSchema } from '../contract/bulk-schema.ts';
import { checkInput } from '../contract/input-errors.ts';
import type { TaskFilterInput } from '../contract/task-filter-schema.ts';
import { validationFailed } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import type { Submission } from '../submission.ts';
import { taskFilterOf } from '../task-filter.ts';
import { countTasks } from './count-tasks.ts';
import type { StepDeps } from './step-index.ts';
import { type SubmitCall, type SubmitDeps, storeTask } from './submit-tasks.ts';

export type StartBulkDeps = SubmitDeps & StepDeps;

/** What was begun, or only counted. */
export type BulkBegun =
  | { readonly kind: 'counted'; readonly answer: BulkCount }
  | { readonly kind: 'started'; readonly isNew: boolean; readonly answer: BulkStarted };

/** Milliseconds that a dry run may count: API Gateway gives up after 30 s. */
const COUNT_MS = 20_000;

/**
 * Submits the task that changes all tasks which meet a filter and were created before this moment; a dry run only
 * counts them. Throws a DomainError when the body is not valid, or the task not stored for certain.
 */
export async function startBulk(deps: StartBulkDeps, kind: BulkKind, call: SubmitCall): Promise<BulkBegun> {
  const checked = checkInput(bulkSchema, call.body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const { filter, dry_run = false } = checked.value;
  if (dry_run) {
    const { matched, complete } = await countTasks(deps, taskFilterOf(filter), COUNT_MS);
    return { kind: 'counted', answer: complete ? { matched } : { matched, complete } };
  }
  const { isNew, answer: row } = await storeTask(deps, {
    ...call,
    route: `POST /tasks/bulk/${kind}`,
    submissions: [bulkSubmission(kind, createdBefore(filter, deps.clock.nowMs()))],
  });
  return { kind: 'started', isNew, answer: { task_id: row.task_id } };
}

/** On `critical`: what cancels a flood must not wait behind it. Failed attempts go on where they were. */
function bulkSubmission(kind: BulkKind, filter: TaskFilterInput): Submission {
  return {
    type: bulkType(kind),
    name: `bulk ${kind}`,
    payload: { filter },
    priority: 1,
    timeout_seconds: BULK_TIMEOUT_SECONDS,
    retry: { max_attempts: 20 },
  };
}

/** The filter without what is created from now on, the bulk task itself among it. */
function createdBefore(filter: TaskFilterInput, nowMs: number): TaskFilterInput {
  const { createdBeforeMs = nowMs } = taskFilterOf(filter);
  return { ...filter, created_before: isoTime(Math.min(createdBeforeMs, nowMs)) };
}
