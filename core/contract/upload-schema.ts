import * as z from 'zod';
import { momentSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';
import { LIMITS } from './limits.ts';

const size = z.int().min(1).max(LIMITS.largeValueBytes);

/** What is asked for before a payload is uploaded. */
export const uploadRequestSchema = z.strictObject({
  size: size.meta({ description: 'Bytes of the payload: exactly so many can be put.' }),
  content_type: z.literal('application/json').exactOptional().meta({ default: 'application/json' }),
});

/** Where a payload may be put, and what to submit then. */
export const uploadSchema = z.strictObject({
  upload_url: z.url().meta({ description: 'Takes one PUT of exactly `size` bytes, without a token.' }),
  method: z.literal('PUT'),
  payload_ref: z.string().meta({ description: 'What a submission names instead of its payload.' }),
  size,
  content_type: z.literal('application/json'),
  expires_at: momentSchema.meta({ description: 'Until when the payload can be put, and be submitted.' }),
});

export type Upload = Immutable<z.output<typeof uploadSchema>>;
