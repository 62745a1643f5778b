import * as z from 'zod';
import { idSchema, momentSchema, taskIdSchema, textSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';
import { LIMITS } from './limits.ts';
import { boundsOf } from './metadata-schema.ts';
import { taskSchema } from './task-schema.ts';

/** How many tasks an agent wants, for how long, and how long it would wait for them. */
export const claimSchema = z.strictObject({
  max_tasks: z.int().min(1).max(LIMITS.claimedTasks).default(1),
  lease_seconds: z.int().min(LIMITS.minLeaseSeconds).max(LIMITS.maxLeaseSeconds).default(60),
  wait_seconds: z.int().min(0).max(LIMITS.claimWaitSeconds).default(0),
});

/** Claimed tasks, each with the token that proves whose it is. */
export const claimsAnswerSchema = z.strictObject({
  claims: z.array(
    z.strictObject({
      task: taskSchema,
      lease_token: z.string().meta({ description: 'Sent with each heartbeat, and with the end.' }),
      lease_expires_at: momentSchema,
    }),
  ),
});

const leaseToken = z.string().min(1).max(128);

const progress = z.strictObject({
  percent: z.number().min(0).max(100),
  message: textSchema(256).default(''),
});

/** What an agent says while it works. */
export const heartbeatSchema = z.strictObject({
  leases: z
    .array(z.strictObject({ task_id: idSchema, lease_token: leaseToken, progress: progress.exactOptional() }))
    .max(LIMITS.claimedTasks)
    .refine(
      (leases) => new Set(leases.map(({ task_id }) => task_id)).size === leases.length,
      'the leases name a task twice; name each once',
    ),
  resources: z.record(z.string(), z.number()).check(boundsOf('object')).exactOptional(),
});

/** What became of each lease. */
export const heartbeatAnswerSchema = z.strictObject({
  leases: z.array(
    z.union([
      z.strictObject({
        task_id: taskIdSchema,
        lease_expires_at: momentSchema,
        cancel_requested: z.boolean().meta({ description: 'Stop, and report the task as failed.' }),
      }),
      z.strictObject({ task_id: idSchema, code: z.literal('lease_lost') }),
    ]),
  ),
});

/** A claimed task's output. */
export const completionSchema = z.strictObject({ lease_token: leaseToken, output: z.unknown() });

/** Why a claimed task could not be done. */
export const reportedFailureSchema = z.strictObject({
  lease_token: leaseToken,
  error: z.strictObject({
    code: textSchema(LIMITS.typeCharacters).min(1),
    message: textSchema(2048),
    retryable: z.boolean().exactOptional().meta({ default: true }),
  }),
});

export type ClaimInput = z.input<typeof claimSchema>;
export type ClaimsAnswer = Immutable<z.output<typeof claimsAnswerSchema>>;
export type HeartbeatInput = z.input<typeof heartbeatSchema>;
export type HeartbeatAnswer = Immutable<z.output<typeof heartbeatAnswerSchema>>;
