import * as z from 'zod';
import { TASK_STATUSES } from '../status.ts';
import { idSchema, taskIdSchema } from './identifiers.ts';
import { LIMITS } from './limits.ts';
import { batchMemberSchema } from './submission-schema.ts';

/** A batch before its members are looked at. */
export const batchFrameSchema = z.strictObject({
  tasks: z.array(z.unknown()).min(1).max(LIMITS.batchTasks),
});

/** A batch, as it is documented. */
export const batchSchema = z.strictObject({
  tasks: z.array(batchMemberSchema).min(1).max(LIMITS.batchTasks),
});

/** What became of the members of a batch, in their order. */
export const batchAnswerSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      index: z.int().min(0).meta({ description: 'The place in the batch, from 0.' }),
      ref: idSchema.exactOptional(),
      task_id: taskIdSchema,
      status: z.enum(TASK_STATUSES).meta({ description: 'What the task was accepted as.' }),
    }),
  ),
});

export type BatchAnswer = z.output<typeof batchAnswerSchema>;
