import type { AttemptResult } from '../attempt-result.ts';
import type { TaskHistory } from '../contract/history-schema.ts';
import { LIMITS } from '../contract/limits.ts';
import type { TaskResult } from '../contract/result-schema.ts';
import type { Task } from '../contract/task-schema.ts';
import { taskNotFinished, taskNotFound } from '../errors.ts';
import { decodeHistory } from '../history.ts';
import { isoTime } from '../iso-time.ts';
import { outputKeyOf } from '../object-keys.ts';
import { LINK_SECONDS, type ObjectStore } from '../object-store.ts';
import type { Clock, ResultStore, TaskStore } from '../ports.ts';
import { resultIdOf } from '../result-cache.ts';
import { type OutputPlace, resultOf } from '../result-view.ts';
import { isEnded } from '../status.ts';
import { isExpired, type TaskRow } from '../task-row.ts';
import { defaultsOf, type FindTaskType } from '../task-types.ts';
import { taskOf } from '../task-view.ts';
import { showPayload } from './show-payload.ts';

export interface ReadDeps {
  readonly tasks: Pick<TaskStore, 'read'>;
  readonly results: Pick<ResultStore, 'ofTask' | 'payloadsOf'>;
  readonly objects: Pick<ObjectStore, 'read' | 'bytesOf' | 'linkToRead'>;
  readonly clock: Clock;
  readonly findTaskType: FindTaskType;
  /** Told of what should be stored and is not. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** A task's row. Throws `task_not_found`, also for one whose retention is over. */
export async function readRow(deps: Pick<ReadDeps, 'tasks' | 'clock'>, taskId: string): Promise<TaskRow> {
  const row = await deps.tasks.read(taskId);
  if (row === undefined || isExpired(row, deps.clock.nowMs())) throw taskNotFound(taskId);
  return row;
}

/**
 * The task of a row. A stored payload that is gone shows as null, one that is an object of more than `shownBytes`
 * as a link.
 */
export async function showTask(
  deps: ReadDeps,
  row: TaskRow,
  shownBytes: number = LIMITS.shownPayloadBytes,
): Promise<Task> {
  const { payload, ...link } = await showPayload(deps, row, shownBytes);
  return { ...taskOf(row, payload, defaultsOf(deps.findTaskType, row.type)), ...link };
}

/** The result of a row's task. Throws `task_not_finished` before its end. */
export async function showResult(deps: ReadDeps, row: TaskRow): Promise<TaskResult> {
  if (!isEnded(row.status)) throw taskNotFinished(row.task_id, row.status);
  const mayHaveResults = row.attempt > 0 || row.cached_result !== undefined;
  const results = mayHaveResults ? await deps.results.ofTask(resultIdOf(row)) : [];
  const fallback = await fallbackOf(deps, row);
  const counting = fallback ?? results.find(({ attempt }) => attempt === row.result_attempt);
  if (counting === undefined && (row.result_attempt ?? row.fallback_result) !== undefined) {
    const { task_id, result_attempt: attempt, fallback_result } = row;
    deps.onTrouble('a stored result is gone', { task_id, attempt, fallback_result });
  }
  const place = await outputPlace(deps, row, counting);
  return resultOf(row, results, deps.clock.nowMs(), {
    ...(place === undefined ? {} : { place }),
    ...(fallback === undefined ? {} : { fallback }),
  });
}

/** The result of the fallback task that the row has completed with. */
async function fallbackOf(
  { results, clock }: ReadDeps,
  { fallback_result: pointer }: TaskRow,
): Promise<AttemptResult | undefined> {
  if (pointer === undefined) return undefined;
  const stored = await results.ofTask(pointer.task_id);
  const found = stored.find(({ attempt }) => attempt === pointer.attempt);
  return found === undefined || isExpired(found, clock.nowMs()) ? undefined : found;
}

/** Where the output is, if it is no part of the result that counts. */
async function outputPlace(
  deps: ReadDeps,
  row: TaskRow,
  counting: AttemptResult | undefined,
): Promise<OutputPlace | undefined> {
  if (counting?.output_bytes === undefined) return undefined;
  const key = row.fallback_result?.object ?? outputKeyOf(row, counting.attempt);
  if ((await deps.objects.bytesOf(key)) !== undefined)
    return { kind: 'link', url: await deps.objects.linkToRead(key, LINK_SECONDS) };
  deps.onTrouble('a stored output is gone', { task_id: row.task_id, key });
  return { kind: 'lost' };
}

/** Every transition of a row's task. */
export function showHistory(row: TaskRow): TaskHistory {
  return { items: decodeHistory(row.history).map(({ at, ...entry }) => ({ at: isoTime(at), ...entry })) };
}
