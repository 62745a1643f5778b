import type { z } from 'zod';
import type { ErrorDecision } from '../../core/error-decision.ts';
import type { Requirements } from '../../core/requirements.ts';
import type { RetryPolicy } from '../../core/retry.ts';
import type { TaskFailure } from '../../core/task-failure.ts';
import { pipelineOf, type StageRecorder, type TaskStage } from './pipeline.ts';
import type { RunningTask, TaskContext } from './task-context.ts';

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
