import * as z from 'zod';
import { TASK_STATUSES } from '../status.ts';
import { debugSchema } from './debug-schema.ts';
import { failureSchema } from './failure-schema.ts';
import { momentSchema, taskIdSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';

/** How far a task said it was. */
export const progressSchema = z.strictObject({
  percent: z.number().min(0).max(100),
  message: z.string(),
});

const usageSchema = z.strictObject({
  cpu_ms: z.number().meta({ description: 'CPU milliseconds.' }),
  max_memory_mb: z.number(),
  custom: z
    .record(z.string(), z.number())
    .exactOptional()
    .meta({ description: 'What the handler has counted itself, by name.' }),
  stages: z
    .array(
      z.strictObject({
        name: z.string(),
        duration_ms: z.number(),
        fallback_used: z.boolean(),
        error: z
          .strictObject({ code: z.string(), message: z.string() })
          .nullable()
          .meta({ description: 'What the stage threw, even if its fallback took its place.' }),
      }),
    )
    .exactOptional()
    .meta({ description: 'The stages that were begun, of a type that is a pipeline.' }),
});

/** One attempt at a task. */
export const attemptSchema = z.strictObject({
  attempt: z.int().min(1),
  started_at: momentSchema
    .nullable()
    .meta({ description: "When it was claimed; the first one's is that of the task." }),
  ended_at: momentSchema.nullable().meta({ description: 'Null for an attempt that ended without a word.' }),
  error: failureSchema.nullable(),
  usage: usageSchema.nullable(),
});

/** What came of a task that has ended. */
export const resultSchema = z.strictObject({
  task_id: taskIdSchema,
  status: z.enum(TASK_STATUSES).extract(['completed', 'failed', 'cancelled']),
  output: z.unknown(),
  output_url: z.url().exactOptional().meta({
    description:
      'Where the output is to be read, for an hour, if it has more than 200 KB; `output` is null then.',
  }),
  error: failureSchema.nullable(),
  started_at: momentSchema.nullable(),
  completed_at: momentSchema.nullable(),
  duration_ms: z.number().nullable(),
  attempts: z.array(attemptSchema),
  usage: usageSchema.meta({
    description:
      'CPU and `custom` summed, memory the largest, over all attempts; `stages` of the attempt that counts, else the last.',
  }),
  cached: z.boolean().meta({ description: 'The output is that of an equal task before.' }),
  fallback_used: z
    .boolean()
    .meta({ description: "The output is the fallback's; `error` is the last attempt's." }),
  partial: progressSchema
    .nullable()
    .exactOptional()
    .meta({ description: 'With a fallback: the last progress that was reported.' }),
  debug: debugSchema.exactOptional().meta({ description: 'Of a task submitted with `debug`.' }),
});

export type TaskResult = Immutable<z.output<typeof resultSchema>>;
export type TaskAttempt = Immutable<z.output<typeof attemptSchema>>;
