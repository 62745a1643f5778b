import * as z from 'zod';
import { LANES } from '../lane.ts';
import { TASK_STATUSES } from '../status.ts';
import { dependencySchema } from './dependency-schema.ts';
import { failureSchema } from './failure-schema.ts';
import { idSchema, momentSchema, taskIdSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';
import { requirementsSchema } from './requirements-schema.ts';
import { retrySchema } from './retry-schema.ts';

/** A task of a list: without its payload. Fields of features that are not built yet have their default. */
export const taskSummarySchema = z.strictObject({
  task_id: taskIdSchema,
  type: z.string(),
  name: z.string(),
  description: z.string(),
  agent_id: idSchema.nullable(),
  capability: idSchema.nullable(),
  priority: z.int().min(1).max(10),
  lane: z.enum(LANES),
  status: z.enum(TASK_STATUSES),
  version: z.int().min(1).meta({ description: 'Rises with each change of state.' }),
  attempt: z.int().min(0).meta({ description: 'Attempts begun so far.' }),
  scheduled_at: momentSchema.nullable(),
  deadline: momentSchema.nullable(),
  timeout_seconds: z.int(),
  requirements: requirementsSchema,
  dependencies: z
    .array(dependencySchema)
    .meta({ description: 'What the task waits for, or has waited for.' }),
  retry: retrySchema,
  ordering_key: z.string().nullable(),
  fairness_key: z.string().nullable(),
  cache_ttl_seconds: z.int().nullable(),
  compensation: z.record(z.string(), z.unknown()).nullable().meta({ description: 'A submission.' }),
  fallback: z.record(z.string(), z.unknown()).nullable().meta({ description: '{ value } or { task }.' }),
  callback_url: z.string().nullable(),
  remember: idSchema.nullable(),
  debug: z.boolean(),
  metadata: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  progress: z.strictObject({ percent: z.number().min(0).max(100), message: z.string() }),
  error: failureSchema.nullable(),
  created_at: momentSchema,
  queued_at: momentSchema.nullable(),
  started_at: momentSchema.nullable().meta({ description: "The first attempt's start." }),
  completed_at: momentSchema.nullable(),
  duration_ms: z.number().nullable().meta({ description: 'completed_at - started_at.' }),
});

/** A task. */
export const taskSchema = taskSummarySchema.extend({
  payload: z.unknown(),
  payload_url: z.url().exactOptional().meta({
    description:
      'Where the payload is to be read, for an hour, if it has more than 1 MB; `payload` is null then.',
  }),
});

export type TaskSummary = Immutable<z.output<typeof taskSummarySchema>>;
export type Task = Immutable<z.output<typeof taskSchema>>;
