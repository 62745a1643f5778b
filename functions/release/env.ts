import * as z from 'zod/mini';
import { count, text } from '../shared/env.ts';

/** Environment of the release function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  CONTROL_TABLE: text,
  RELEASE_QUEUE_URL: text,
  /** How long ended tasks are kept. */
  RETENTION_SECONDS: count,
});
