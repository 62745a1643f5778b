import { DynamoDbTimerIndex } from '../shared/adapters/dynamodb-timer-index.ts';
import {
  buildDynamoDbClient,
  buildEdgeStore,
  buildLaneSender,
  buildResultStore,
  buildSqsClient,
  buildTaskStore,
} from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { TimersDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): TimersDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  return {
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    results: buildResultStore(dynamoDb, env.RESULTS_TABLE),
    edges: buildEdgeStore(dynamoDb, env.CONTROL_TABLE),
    timers: new DynamoDbTimerIndex(dynamoDb, env.TASKS_TABLE),
    lanes: buildLaneSender(buildSqsClient(), env.QUEUE_URLS),
    clock: systemClock,
    retentionSeconds: env.RETENTION_SECONDS,
    logger: buildLogger(),
  };
}
