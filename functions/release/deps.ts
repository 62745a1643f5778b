import {
  buildDynamoDbClient,
  buildEdgeStore,
  buildReleaseSender,
  buildSqsClient,
  buildTaskStore,
} from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { ReleaseHandlerDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): ReleaseHandlerDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  return {
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    edges: buildEdgeStore(dynamoDb, env.CONTROL_TABLE),
    releases: buildReleaseSender(buildSqsClient(), env.RELEASE_QUEUE_URL),
    clock: systemClock,
    retentionSeconds: env.RETENTION_SECONDS,
    logger: buildLogger(),
  };
}
