import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { taskSummarySchema } from './task-schema.ts';

/** A page of a list of tasks, newest first. */
export const taskPageSchema = z.strictObject({
  items: z.array(taskSummarySchema).meta({ description: 'Perhaps fewer than `limit`, even none.' }),
  next_cursor: z.string().nullable().meta({ description: 'Null where the list ends.' }),
});

export type TaskPage = Immutable<z.output<typeof taskPageSchema>>;
