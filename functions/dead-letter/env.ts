import * as z from 'zod/mini';
import { count, text } from '../shared/env.ts';

/** Environment of the dead-letter function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  RETENTION_SECONDS: count,
  CRITICAL_DEAD_LETTER_QUEUE_URL: text,
  HIGH_DEAD_LETTER_QUEUE_URL: text,
  NORMAL_DEAD_LETTER_QUEUE_URL: text,
  LOW_DEAD_LETTER_QUEUE_URL: text,
});
