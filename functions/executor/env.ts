import * as z from 'zod/mini';
import { count, queueUrls, text } from '../shared/env.ts';

/** Environment of the executor. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  CONTROL_TABLE: text,
  /** The secret whose current and previous versions sign webhook deliveries. */
  WEBHOOK_SECRET_ID: text,
  VALUES_BUCKET: text,
  /** How long a claim holds its row. */
  LEASE_SECONDS: count,
  /** How long ended tasks and their results are kept. */
  RETENTION_SECONDS: count,
  QUEUE_URLS: queueUrls,
});
