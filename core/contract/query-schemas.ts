import * as z from 'zod';
import { LIMITS } from './limits.ts';
import { memoryKeysSchema } from './memory-schema.ts';
import { taskFilterParts } from './task-filter-schema.ts';

/** A whole number of a query: digits only. */
function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `a whole number from ${min} to ${max} is expected`)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

const paging = {
  limit: wholeNumber(1, LIMITS.pageItems)
    .prefault('50')
    .meta({ description: 'Items of a page.', default: 50 }),
  cursor: z
    .string()
    .min(1)
    .max(1024)
    .exactOptional()
    .meta({ description: '`next_cursor` of the page before, with the same filters.' }),
};

export const taskListQuery = z.strictObject({ ...paging, ...taskFilterParts });

export const agentTaskListQuery = z.strictObject({ ...paging, status: taskFilterParts.status });

export const agentListQuery = z.strictObject(paging);

export const memoryQuery = z.strictObject({ keys: memoryKeysSchema });

export const waitQuery = z.strictObject({
  wait_seconds: wholeNumber(0, LIMITS.waitSeconds)
    .prefault('0')
    .meta({ description: 'Seconds to wait for the end of the task.', default: 0 }),
});

export const cacheQuery = z.strictObject({
  type: z.string().min(1).max(LIMITS.typeCharacters).meta({ description: 'A task type of this deployment.' }),
});

/** Where a redrive goes on. */
export const redriveQuery = z.strictObject({ cursor: paging.cursor });

/** A query without parameters. */
export const noQuery = z.strictObject({});

/** What a list of tasks may be narrowed to, as a caller writes it. */
export type TaskListFilter = Omit<z.input<typeof taskListQuery>, 'limit' | 'cursor'>;
export type AgentTaskListFilter = Omit<z.input<typeof agentTaskListQuery>, 'limit' | 'cursor'>;
