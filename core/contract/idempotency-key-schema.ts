import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** What the header `Idempotency-Key` may hold. */
export const idempotencyKeySchema = z
  .string()
  .regex(new RegExp(`^[\\x20-\\x7e]{1,${LIMITS.idempotencyKeyCharacters}}$`), {
    error: ({ input }) =>
      `an Idempotency-Key has 1 to ${LIMITS.idempotencyKeyCharacters} printable ASCII characters; this one has ${String(input).length} characters`,
  });
