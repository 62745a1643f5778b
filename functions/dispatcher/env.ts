import * as z from 'zod/mini';
import { laneQueueUrls, text } from '../shared/env.ts';

/** Environment of the dispatcher. */
export const envSchema = z.object({
  STAGE: text,
  RESULTS_TABLE: text,
  REDO_QUEUE_URL: text,
  ...laneQueueUrls,
});
