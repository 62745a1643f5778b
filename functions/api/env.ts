import * as z from 'zod/mini';
import { count, invokedFunctions, laneLimits, pools, queueUrls, text } from '../shared/env.ts';

/** Environment of the api function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  VALUES_BUCKET: text,
  CONTROL_TABLE: text,
  /** The secret whose current and previous versions sign cursors. */
  CURSOR_SECRET_ID: text,
  /** How long ended tasks and their results are kept. */
  RETENTION_SECONDS: count,
  /** Shards of the time index. */
  TIME_INDEX_SHARDS: count,
  /** The claim that names the tenant; `client_id`, else `sub`, where it is absent. */
  TENANT_CLAIM: text,
  /** The claim that lists a person's groups. */
  GROUPS_CLAIM: text,
  ...invokedFunctions,
  QUEUE_URLS: queueUrls,
  /** The executor pools, the smallest first. */
  POOLS: pools,
  /** For each lane: executors at a time, in all pools, and messages that may wait (null: as many as come). */
  LANE_LIMITS: laneLimits,
  /** The function that has lanes served or stopped. */
  LANE_SWITCH_FUNCTION: text,
});
