import { buildRedoSender, buildSqsClient } from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { buildFollowUpDeps } from '../shared/follow-up-deps.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { DispatcherDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): DispatcherDeps {
  const env = parseEnv(envSchema, variables);
  const sqs = buildSqsClient();
  return {
    ...buildFollowUpDeps(env, sqs),
    redo: buildRedoSender(sqs, env.REDO_QUEUE_URL),
    logger: buildLogger(),
  };
}
