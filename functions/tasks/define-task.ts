import type { z } from 'zod';
import type { Requirements } from '../../core/requirements.ts';
import type { RetryPolicy } from '../../core/retry.ts';
import type { TaskMemory } from './task-memory.ts';

/** The logger a handler gets: structured, with task_id, attempt and type as standing keys. */
export interface TaskLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a handler may know of the task it runs. */
export interface RunningTask {
  readonly task_id: string;
  readonly type: string;
  readonly name: string;
  readonly priority: number;
  readonly agent_id: string | null;
  readonly attempt: number;
  readonly created_at: string;
  readonly timeout_seconds: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
}

export interface TaskContext<Payload> {
  readonly payload: Payload;
  readonly task: RunningTask;
  /** Aborts when the attempt's time is over, the task is cancelled or the lease is lost. */
  readonly signal: AbortSignal;
  readonly log: TaskLog;
  /** Reports progress, 0 to 100; stored at most once a second. */
  readonly progress: (percent: number, message?: string) => void;
  /** What the task's agent, and all agents together, remember from task to task. */
  readonly memory: TaskMemory;
}

export interface TaskDefinition<Schema extends z.core.$ZodType = z.core.$ZodType> {
  /** The `type` that callers name. */
  readonly type: string;
  /** The payload's schema; parsed at submission and again before each run, since stored tasks outlive code. */
  readonly input: Schema;
  /** Returns the output (JSON, at most 50 MB). Throws a TaskError, or anything, to fail the attempt. */
  readonly run: (context: TaskContext<z.output<Schema>>) => Promise<unknown> | unknown;
  /** Retry policy of this type, part by part. @default the platform's */
  readonly retry?: Partial<RetryPolicy>;
  /** Seconds one attempt may take. @default 30 */
  readonly timeout_seconds?: number;
  /** What a task of this type needs. @default the platform's */
  readonly requirements?: Partial<Requirements>;
}

/** Declares a task type. Add the result to the list in `functions/tasks/index.ts`. */
export function defineTask<Schema extends z.core.$ZodType>(
  definition: TaskDefinition<Schema>,
): TaskDefinition<Schema> {
  return definition;
}
