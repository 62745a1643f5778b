import * as z from 'zod/mini';
import { count, text } from '../shared/env.ts';

/** Environment of the claims function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  VALUES_BUCKET: text,
  CONTROL_TABLE: text,
  /** How long ended tasks and their results are kept. */
  RETENTION_SECONDS: count,
  TENANT_CLAIM: text,
  GROUPS_CLAIM: text,
});
