import { DynamoDbHourDirectory } from '../shared/adapters/dynamodb-hour-directory.ts';
import {
  buildDynamoDbClient,
  buildLabelStore,
  buildLaneSender,
  buildMemory,
  buildResultStore,
  buildSqsClient,
  buildTaskStore,
} from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { buildObjectStore } from '../shared/object-store.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { RedoDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): RedoDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  return {
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    results: buildResultStore(dynamoDb, env.RESULTS_TABLE),
    memory: buildMemory(dynamoDb, env.CONTROL_TABLE),
    labels: buildLabelStore(dynamoDb, env.CONTROL_TABLE),
    retentionSeconds: env.RETENTION_SECONDS,
    hours: new DynamoDbHourDirectory(dynamoDb, env.CONTROL_TABLE, systemClock),
    shards: env.TIME_INDEX_SHARDS,
    objects: buildObjectStore(env.VALUES_BUCKET),
    lanes: buildLaneSender(buildSqsClient(), env.QUEUE_URLS),
    clock: systemClock,
    logger: buildLogger(),
  };
}
