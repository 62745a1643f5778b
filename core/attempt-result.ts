import type { TaskFailure } from './task-failure.ts';

/** What one attempt used. */
export interface AttemptUsage {
  /** CPU of the process while the attempt ran, divided by the attempts that ran beside it. */
  readonly cpu_ms: number;
  /** Largest resident size of the process seen so far. */
  readonly max_memory_mb: number;
}

/** What one attempt left, as the results table holds it under (`task_id`, `attempt`). Times in milliseconds. */
export interface AttemptResult {
  readonly task_id: string;
  readonly attempt: number;
  readonly succeeded: boolean;
  /** JSON text of the output, of an attempt that succeeded. */
  readonly output?: string;
  /** Bytes of an output that is an object. */
  readonly output_bytes?: number;
  readonly error?: TaskFailure;
  readonly started_at: number;
  readonly ended_at: number;
  readonly usage: AttemptUsage;
  /** When DynamoDB may delete the item, in seconds since 1970. */
  readonly expires_at: number;
}
