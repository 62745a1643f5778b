import * as z from 'zod';
import { LANES } from '../lane.ts';
import { TASK_STATUSES } from '../status.ts';
import { idSchema, momentSchema } from './identifiers.ts';
import { LIMITS } from './limits.ts';

/** What tasks may be narrowed to; every part that is named must hold. The same in queries and in bodies. */
export const taskFilterParts = {
  status: z.enum(TASK_STATUSES).exactOptional(),
  type: z.string().min(1).max(LIMITS.typeCharacters).exactOptional(),
  agent_id: idSchema.exactOptional(),
  tag: z.string().min(1).max(LIMITS.tagCharacters).exactOptional(),
  lane: z.enum(LANES).exactOptional(),
  created_after: momentSchema.exactOptional().meta({ description: 'Not at this very moment.' }),
  created_before: momentSchema.exactOptional().meta({ description: 'Not at this very moment.' }),
  scheduled_before: momentSchema
    .exactOptional()
    .meta({ description: 'Only tasks with a `scheduled_at` before this moment.' }),
} as const;

/** A filter in a body. */
export const taskFilterSchema = z.strictObject(taskFilterParts);

/** A filter as a caller writes it. */
export type TaskFilterInput = z.input<typeof taskFilterSchema>;
