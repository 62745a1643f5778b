import * as z from 'zod/mini';
import { json, text } from '../shared/env.ts';

/** Environment of the lane-switch function. */
export const envSchema = z.object({
  STAGE: text,
  CONTROL_TABLE: text,
  /** The UUIDs of each lane's event source mappings: a JSON object. */
  LANE_MAPPINGS: json(z.record(text, z.array(text))),
});
