import { parseEnv } from '../shared/env.ts';
import { buildFollowUpDeps } from '../shared/follow-up-deps.ts';
import { buildObjectStore } from '../shared/object-store.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { RedoDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): RedoDeps {
  const env = parseEnv(envSchema, variables);
  return {
    ...buildFollowUpDeps(env),
    objects: buildObjectStore(env.VALUES_BUCKET),
    logger: buildLogger(),
  };
}
