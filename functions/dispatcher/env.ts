import * as z from 'zod/mini';
import { count, queueUrls, text } from '../shared/env.ts';

/** Environment of the dispatcher. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  CONTROL_TABLE: text,
  /** Shards of the time index. */
  TIME_INDEX_SHARDS: count,
  /** How long ended tasks are kept. */
  RETENTION_SECONDS: count,
  REDO_QUEUE_URL: text,
  RELEASE_QUEUE_URL: text,
  QUEUE_URLS: queueUrls,
});
