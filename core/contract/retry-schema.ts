import * as z from 'zod';
import { JITTERS } from '../retry.ts';
import { LIMITS } from './limits.ts';

const delaySeconds = z
  .number()
  .min(0)
  .max(LIMITS.delaySeconds)
  .refine(
    (delay) => delay <= 0 || delay >= 0.001,
    'a delay is 0 or at least 0.001 s: milliseconds are the finest',
  );

/** The whole policy, as a task shows it. */
export const retrySchema = z.strictObject({
  max_attempts: z.int().min(1).max(LIMITS.maxAttempts),
  initial_delay_seconds: delaySeconds,
  backoff_factor: z.number().min(1).max(LIMITS.backoffFactor),
  max_delay_seconds: delaySeconds,
  jitter: z.enum(JITTERS),
});

/** What a submission names of the policy; the rest has its default. */
export const retryPartsSchema = retrySchema.exactPartial();
