import type { DebugReport } from './debug-report.ts';
import type { FailureDecision, TaskFailure } from './task-failure.ts';

/** How a stage of a pipeline went. */
export interface StageUsage {
  readonly name: string;
  readonly duration_ms: number;
  readonly fallback_used: boolean;
  /** What the stage threw; its fallback may have taken its place. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What one attempt used. */
export interface AttemptUsage {
  /** CPU of the process while the attempt ran, divided by the attempts that ran beside it. */
  readonly cpu_ms: number;
  /** Largest resident size of the process seen so far. */
  readonly max_memory_mb: number;
  /** What the handler has counted itself, by name. */
  readonly custom?: Readonly<Record<string, number>>;
  /** The stages that were begun, of a pipeline. */
  readonly stages?: readonly StageUsage[];
}

/** What one attempt left, as the results table holds it under (`task_id`, `attempt`). Times in milliseconds. */
export interface AttemptResult {
  readonly task_id: string;
  readonly attempt: number;
  readonly succeeded: boolean;
  /** JSON text of the output, of an attempt that succeeded or whose task falls back to it. */
  readonly output?: string;
  /** Bytes of an output that is an object. */
  readonly output_bytes?: number;
  readonly error?: TaskFailure;
  /** What `onError` has decided on the error: whoever finishes the task follows it. */
  readonly decision?: FailureDecision;
  readonly started_at: number;
  readonly ended_at: number;
  readonly usage: AttemptUsage;
  /** Of a task that was submitted with `debug`. */
  readonly debug?: DebugReport;
  /** When DynamoDB may delete the item, in seconds since 1970. */
  readonly expires_at: number;
}
