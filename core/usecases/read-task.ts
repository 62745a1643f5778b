import type { TaskHistory } from '../contract/history-schema.ts';
import type { TaskResult } from '../contract/result-schema.ts';
import type { Task } from '../contract/task-schema.ts';
import { taskNotFinished, taskNotFound } from '../errors.ts';
import { decodeHistory } from '../history.ts';
import { isoTime } from '../iso-time.ts';
import { payloadIdOf } from '../payload-id.ts';
import type { Clock, ResultStore, TaskStore } from '../ports.ts';
import { resultOf } from '../result-view.ts';
import { isEnded } from '../status.ts';
import { isExpired, type TaskRow } from '../task-row.ts';
import { defaultsOf, type FindTaskType } from '../task-types.ts';
import { taskOf } from '../task-view.ts';

export interface ReadDeps {
  readonly tasks: Pick<TaskStore, 'read'>;
  readonly results: Pick<ResultStore, 'ofTask' | 'payloadsOf'>;
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

/** The task of a row; a stored payload that is gone shows as null. */
export async function showTask(deps: ReadDeps, row: TaskRow): Promise<Task> {
  return taskOf(row, await payloadOf(deps, row), defaultsOf(deps.findTaskType, row.type));
}

/** The result of a row's task. Throws `task_not_finished` before its end. */
export async function showResult(deps: ReadDeps, row: TaskRow): Promise<TaskResult> {
  if (!isEnded(row.status)) throw taskNotFinished(row.task_id, row.status);
  const results = row.attempt === 0 ? [] : await deps.results.ofTask(row.task_id);
  if (row.status === 'completed' && !results.some(({ attempt }) => attempt === row.result_attempt)) {
    deps.onTrouble('a stored result is gone', { task_id: row.task_id, attempt: row.result_attempt });
  }
  return resultOf(row, results, deps.clock.nowMs());
}

/** Every transition of a row's task. */
export function showHistory(row: TaskRow): TaskHistory {
  return { items: decodeHistory(row.history).map(({ at, ...entry }) => ({ at: isoTime(at), ...entry })) };
}

async function payloadOf(deps: ReadDeps, row: TaskRow): Promise<unknown> {
  const payloadId = payloadIdOf(row);
  const text = row.payload ?? (await deps.results.payloadsOf([payloadId])).get(payloadId);
  if (text === undefined) {
    deps.onTrouble('a stored payload is gone', { task_id: row.task_id });
    return null;
  }
  return JSON.parse(text);
}
