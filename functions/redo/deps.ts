import { DynamoDbHourDirectory } from '../shared/adapters/dynamodb-hour-directory.ts';
import {
  buildDynamoDbClient,
  buildEdgeStore,
  buildLabelStore,
  buildLaneSender,
  buildMemory,
  buildReleaseSender,
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
  const sqs = buildSqsClient();
  return {
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    results: buildResultStore(dynamoDb, env.RESULTS_TABLE),
    memory: buildMemory(dynamoDb, env.CONTROL_TABLE),
    edges: buildEdgeStore(dynamoDb, env.CONTROL_TABLE),
    labels: buildLabelStore(dynamoDb, env.CONTROL_TABLE),
    retentionSeconds: env.RETENTION_SECONDS,
    hours: new DynamoDbHourDirectory(dynamoDb, env.CONTROL_TABLE, systemClock),
    shards: env.TIME_INDEX_SHARDS,
    objects: buildObjectStore(env.VALUES_BUCKET),
    lanes: buildLaneSender(sqs, env.QUEUE_URLS),
    releases: buildReleaseSender(sqs, env.RELEASE_QUEUE_URL),
    clock: systemClock,
    logger: buildLogger(),
  };
}
