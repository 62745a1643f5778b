import * as z from 'zod/mini';
import { laneQueueUrls, text } from '../shared/env.ts';

/** Environment of the redo function. */
export const envSchema = z.object({
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  ...laneQueueUrls,
});
