import {
  buildDynamoDbClient,
  buildLaneSender,
  buildRedoSender,
  buildResultStore,
  buildSqsClient,
} from '../shared/container.ts';
import { parseEnv, queueUrlsOf } from '../shared/env.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { DispatcherDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): DispatcherDeps {
  const env = parseEnv(envSchema, variables);
  const sqs = buildSqsClient();
  return {
    lanes: buildLaneSender(sqs, queueUrlsOf(env)),
    results: buildResultStore(buildDynamoDbClient(), env.RESULTS_TABLE),
    redo: buildRedoSender(sqs, env.REDO_QUEUE_URL),
    clock: systemClock,
    logger: buildLogger(),
  };
}
