import * as z from 'zod/mini';
import { count, queueUrls, text } from '../shared/env.ts';

/** Environment of the dead-letter function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  RETENTION_SECONDS: count,
  DEAD_LETTER_QUEUE_URLS: queueUrls,
});
