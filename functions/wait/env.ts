import * as z from 'zod/mini';
import { text } from '../shared/env.ts';

/** Environment of the wait function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  VALUES_BUCKET: text,
  TENANT_CLAIM: text,
  GROUPS_CLAIM: text,
});
