import * as z from 'zod/mini';
import { text } from '../shared/env.ts';
import { followUpEnv } from '../shared/follow-up-deps.ts';

/** Environment of the redo function. */
export const envSchema = z.object({ ...followUpEnv, VALUES_BUCKET: text });
