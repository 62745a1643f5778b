import * as z from 'zod/mini';
import { text } from '../shared/env.ts';
import { followUpEnv } from '../shared/follow-up-deps.ts';

/** Environment of the dispatcher. */
export const envSchema = z.object({ ...followUpEnv, REDO_QUEUE_URL: text });
