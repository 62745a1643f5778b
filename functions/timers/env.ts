import * as z from 'zod/mini';
import { count, queueUrls, text } from '../shared/env.ts';

/** Environment of the timers function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  CONTROL_TABLE: text,
  /** How long ended tasks are kept. */
  RETENTION_SECONDS: count,
  /** Only of the ordered queue. */
  QUEUE_URLS: queueUrls,
});
