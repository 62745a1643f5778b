import * as z from 'zod';
import { TASK_STATUSES } from '../status.ts';
import { momentSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';

/** Every transition of a task, oldest first. */
export const historySchema = z.strictObject({
  items: z.array(
    z.strictObject({
      at: momentSchema,
      from: z.enum(TASK_STATUSES).nullable().meta({ description: 'Null for the creation.' }),
      to: z.enum(TASK_STATUSES),
      cause: z.string(),
    }),
  ),
});

export type TaskHistory = Immutable<z.output<typeof historySchema>>;
