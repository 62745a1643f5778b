import * as z from 'zod';

/** Why a task, or one attempt at it, failed. */
export const failureSchema = z.strictObject({
  code: z.string().meta({ description: 'A code of the platform, or one of the handler itself.' }),
  message: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).exactOptional(),
});
