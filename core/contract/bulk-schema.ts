import * as z from 'zod';
import { taskIdSchema } from './identifiers.ts';
import { taskFilterSchema } from './task-filter-schema.ts';

/** What changes many tasks at once. */
export const bulkSchema = z.strictObject({
  filter: taskFilterSchema
    .refine(
      (filter) => Object.keys(filter).length > 0,
      'an empty filter means every task there is; name at least one part',
    )
    .meta({ description: 'As in GET /tasks; at least one part. Only tasks created before now are changed.' }),
  dry_run: z
    .boolean()
    .exactOptional()
    .meta({ description: 'Only counts what would be looked at.', default: false }),
});

/** What a dry run has counted. */
export const bulkCountSchema = z.strictObject({
  matched: z.int().min(0).meta({ description: 'Tasks that meet the filter.' }),
  complete: z
    .literal(false)
    .exactOptional()
    .meta({ description: 'There are more: the time of a request was over.' }),
});

/** The task that changes the others. */
export const bulkStartedSchema = z.strictObject({ task_id: taskIdSchema });

/** What is answered with 200: a count, or the task that the same key has started before. */
export const bulkAnswerSchema = z.union([bulkCountSchema, bulkStartedSchema]);

export type BulkCount = z.output<typeof bulkCountSchema>;
export type BulkStarted = z.output<typeof bulkStartedSchema>;
