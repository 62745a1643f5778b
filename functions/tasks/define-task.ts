import type { z } from 'zod';
import type { ErrorDecision } from '../../core/error-decision.ts';
import type { Requirements } from '../../core/requirements.ts';
import type { RetryPolicy } from '../../core/retry.ts';
import type { TaskFailure } from '../../core/task-failure.ts';
import { pipelineOf, type StageRecorder, type TaskStage } from './pipeline.ts';
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

/** What the attempts of one task leave to each other, kept with the task. */
export interface Checkpoint {
  /** What was saved last, by whichever attempt; undefined before that. */
  readonly saved: unknown;
  /**
   * Keeps JSON (at most 64 KB) in place of what was saved before. Throws a TaskError when that is not certain, or
   * when the attempt is no longer the task's.
   */
  readonly save: (value: unknown) => Promise<void>;
}

/**
 * What a handler returns whose work needs more than one attempt: the task is queued again, and its next attempt
 * begins at once with the checkpoint of this one. It is no failure.
 */
export const GO_ON = Symbol('the task goes on in another attempt');

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
  /**
   * Counts something of the handler's own: rows, tokens, bytes. Values of one name add up, and are shown as
   * `usage.custom` of the result. Up to 20 names of 1 to 64 characters A-Z a-z 0-9 _ . : -; what goes beyond is
   * left out, with a warning in the log.
   */
  readonly metric: (name: string, value: number) => void;
  readonly checkpoint: Checkpoint;
}

/** What `onError` may know of the attempt that has failed. */
export interface ErrorContext {
  readonly task: RunningTask;
  readonly attempt: number;
  /** Attempts of this life of the task that have failed, this one included. */
  readonly failures: number;
  /** The policy in force: the task's parts over the type's over the platform's. */
  readonly policy: RetryPolicy;
  /** The error as it will be shown, unless the decision says otherwise. */
  readonly failure: TaskFailure;
}

/** What every task type says, whatever runs it. */
interface TypeParts<Schema extends z.core.$ZodType> {
  /** The `type` that callers name. */
  readonly type: string;
  /** The payload's schema; parsed at submission and again before each run, since stored tasks outlive code. */
  readonly input: Schema;
  /** Raise it when the same payload gives another output: what is cached of older versions is not used any more. @default 1 */
  readonly version?: number;
  /**
   * Decides what becomes of a task whose attempt has failed: it threw, its time ran out or its output cannot be
   * stored. Undefined leaves it to the retry policy. It has 5 s; one that throws fails the task, both errors kept.
   */
  readonly onError?: (
    error: unknown,
    context: ErrorContext,
  ) => ErrorDecision | undefined | Promise<ErrorDecision | undefined>;
  /** Retry policy of this type, part by part. @default the platform's */
  readonly retry?: Partial<RetryPolicy>;
  /** Seconds one attempt may take. @default 30 */
  readonly timeout_seconds?: number;
  /** What a task of this type needs. @default the platform's */
  readonly requirements?: Partial<Requirements>;
}

/** A task type, as the platform runs it. */
export interface TaskDefinition<Schema extends z.core.$ZodType = z.core.$ZodType> extends TypeParts<Schema> {
  /**
   * Returns the output (JSON, at most 50 MB), or GO_ON. Throws a TaskError, or anything, to fail the attempt. A pipeline
   * tells `stages` how each of its stages went.
   */
  readonly run: (
    context: TaskContext<z.output<Schema>>,
    stages?: StageRecorder,
  ) => Promise<unknown> | unknown;
}

/** A task type whose work is done in stages. */
export interface Pipeline<Schema extends z.core.$ZodType = z.core.$ZodType> extends TypeParts<Schema> {
  /** Run in order; the last one's output is the task's. */
  readonly stages: readonly TaskStage<z.output<Schema>>[];
}

/**
 * Declares a task type, by `run` or by `stages`. Add the result to the list in `functions/tasks/index.ts`. Throws an
 * Error for stages that are no pipeline.
 */
export function defineTask<Schema extends z.core.$ZodType>(
  definition: TaskDefinition<Schema>,
): TaskDefinition<Schema>;
export function defineTask<Schema extends z.core.$ZodType>(
  definition: Pipeline<Schema>,
): TaskDefinition<Schema>;
export function defineTask<Schema extends z.core.$ZodType>(
  definition: TaskDefinition<Schema> | Pipeline<Schema>,
): TaskDefinition<Schema> {
  if ('run' in definition) return definition;
  const { stages, ...parts } = definition;
  return { ...parts, run: pipelineOf(definition.type, stages) };
}
