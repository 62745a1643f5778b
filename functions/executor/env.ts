import * as z from 'zod/mini';
import { count, invokedFunctions, queueUrls, text } from '../shared/env.ts';

/** Environment of the executor. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  CONTROL_TABLE: text,
  /** The secret whose current and previous versions sign webhook deliveries. */
  WEBHOOK_SECRET_ID: text,
  VALUES_BUCKET: text,
  /** Shards of the time index. */
  TIME_INDEX_SHARDS: count,
  /** How long a claim holds its row. */
  LEASE_SECONDS: count,
  /** How long the queues hide a message. */
  VISIBILITY_SECONDS: count,
  /** Where tasks go that this pool has too little memory for; empty in the largest. */
  LARGER_POOL: z.string(),
  /** The most that an attempt may take. */
  ATTEMPT_SECONDS: count,
  /** How long ended tasks and their results are kept. */
  RETENTION_SECONDS: count,
  /** MB by which memory may grow during an attempt at a task with `debug` before it is warned of. */
  DEBUG_MEMORY_GROWTH_MB: count,
  ...invokedFunctions,
  QUEUE_URLS: queueUrls,
});
