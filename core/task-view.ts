import type { Task, TaskSummary } from './contract/task-schema.ts';
import { dependenciesOf } from './dependencies/dependency.ts';
import { decodeHistory, type HistoryEntry } from './history.ts';
import { isoTime } from './iso-time.ts';
import { laneOf } from './lane.ts';
import { type Requirements, requirementsOf } from './requirements.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts';
import { isEnded, type TaskStatus } from './status.ts';
import type { Submission } from './submission.ts';
import type { TaskFailure } from './task-failure.ts';
import { priorityOf, type TaskRow } from './task-row.ts';
import { createdAtMs } from './time-index.ts';

/** What a task type sets where the submission is silent. */
export interface TypeDefaults {
  readonly retry?: Partial<RetryPolicy>;
  readonly timeout_seconds?: number;
  readonly requirements?: Partial<Requirements>;
}

export const DEFAULT_TIMEOUT_SECONDS = 30;

/** The retry policy in force: the task's parts over its type's over the platform's. */
export function retryPolicyOf(row: Pick<TaskRow, 'retry'>, defaults: TypeDefaults): RetryPolicy {
  return { ...DEFAULT_RETRY, ...defaults.retry, ...row.retry };
}

/** Seconds that one attempt may take. */
export function timeoutSecondsOf(row: Pick<TaskRow, 'timeout_seconds'>, defaults: TypeDefaults): number {
  return row.timeout_seconds ?? defaults.timeout_seconds ?? DEFAULT_TIMEOUT_SECONDS;
}

/** The times that a row's history tells, in milliseconds. */
export interface TaskTimes {
  readonly queuedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
}

/**
 * The first queueing (of a task that was scheduled: the time that it started from), the first start, and the end
 * if it has ended.
 */
export function timesOf(row: Pick<TaskRow, 'history' | 'status' | 'scheduled_at'>): TaskTimes {
  const history = decodeHistory(row.history);
  const first = (to: TaskStatus): HistoryEntry | undefined => history.find((entry) => entry.to === to);
  const startedAtMs = first('processing')?.at ?? null;
  const dueAtMs = startedAtMs === null ? null : (row.scheduled_at ?? null);
  return {
    queuedAtMs: first('queued')?.at ?? dueAtMs,
    startedAtMs,
    completedAtMs: isEnded(row.status) ? (history.at(-1)?.at ?? null) : null,
  };
}

/** The task as lists show it; fields of features that are not built yet have their default. */
export function summaryOf(row: TaskRow, defaults: TypeDefaults): TaskSummary {
  const times = timesOf(row);
  const { queuedAtMs, startedAtMs, completedAtMs } = times;
  const ran = startedAtMs !== null && completedAtMs !== null;
  return {
    task_id: row.task_id,
    type: row.type,
    name: row.name ?? '',
    description: row.description ?? '',
    agent_id: row.agent_id ?? null,
    capability: row.capability ?? null,
    priority: priorityOf(row),
    lane: laneOf(priorityOf(row)),
    status: row.status,
    version: row.version,
    attempt: row.attempt,
    scheduled_at: isoTime(row.scheduled_at ?? null),
    deadline: isoTime(row.deadline ?? null),
    timeout_seconds: timeoutSecondsOf(row, defaults),
    requirements: requirementsOf(row, defaults),
    dependencies: dependenciesOf(row).map(({ task_id, condition }) => ({ task_id, condition })),
    retry: retryPolicyOf(row, defaults),
    ordering_key: row.ordering_key ?? null,
    fairness_key: row.fairness_key ?? null,
    cache_ttl_seconds: row.cache_ttl_seconds ?? null,
    compensation: row.compensation === undefined ? null : asSubmitted(row.compensation),
    fallback: fallbackOf(row),
    callback_url: row.callback_url ?? null,
    remember: row.remember ?? null,
    debug: row.debug === true,
    metadata: row.metadata ?? {},
    tags: row.tags ?? [],
    progress: progressOf(row),
    error: errorOf(row),
    created_at: isoTime(createdAtMs(row)),
    queued_at: isoTime(queuedAtMs),
    started_at: isoTime(startedAtMs),
    completed_at: isoTime(completedAtMs),
    duration_ms: ran ? completedAtMs - startedAtMs : null,
  };
}

function fallbackOf({ fallback }: TaskRow): TaskSummary['fallback'] {
  if (fallback === undefined) return null;
  return 'task' in fallback ? { task: asSubmitted(fallback.task) } : { ...fallback };
}

/** A submission within a task, as it could be submitted again: without the pool that was chosen for it. */
function asSubmitted({ pool: _pool, ...submission }: Submission): Readonly<Record<string, unknown>> {
  return submission;
}

/** The task as GET shows it; `payload` is the parsed payload, from the row or from its own item. */
export function taskOf(row: TaskRow, payload: unknown, defaults: TypeDefaults): Task {
  return { ...summaryOf(row, defaults), payload };
}

/** The error of a task; one that has completed has none, unless it did by its fallback. */
export function errorOf(row: Pick<TaskRow, 'status' | 'error' | 'fallback_used'>): TaskFailure | null {
  return row.status === 'completed' && !row.fallback_used ? null : (row.error ?? null);
}

function progressOf(row: TaskRow): Task['progress'] {
  if (row.status === 'completed') return { percent: 100, message: row.progress?.message ?? '' };
  return row.progress ?? { percent: 0, message: '' };
}
