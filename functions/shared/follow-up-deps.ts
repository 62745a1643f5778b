import * as z from 'zod/mini';
import type { FollowUpDeps } from '../../core/usecases/follow-up-changes.ts';
import { DynamoDbHourDirectory } from './adapters/dynamodb-hour-directory.ts';
import type { DynamoDbTaskStore } from './adapters/dynamodb-task-store.ts';
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
} from './container.ts';
import { count, queueUrls, text } from './env.ts';
import { systemClock } from './system-clock.ts';

/** Environment of those who do what follows from changes of tasks: the dispatcher, and redo after it. */
export const followUpEnv = {
  STAGE: text,
  TASKS_TABLE: text,
  RESULTS_TABLE: text,
  CONTROL_TABLE: text,
  /** Shards of the time index. */
  TIME_INDEX_SHARDS: count,
  /** How long ended tasks are kept. */
  RETENTION_SECONDS: count,
  RELEASE_QUEUE_URL: text,
  QUEUE_URLS: queueUrls,
} as const;

const followUpSchema = z.object(followUpEnv);

interface BuiltFollowUpDeps extends Omit<FollowUpDeps, 'onTrouble'> {
  readonly tasks: DynamoDbTaskStore;
}

/** All but the logger of what follow-ups need. */
export function buildFollowUpDeps(
  env: z.infer<typeof followUpSchema>,
  sqs = buildSqsClient(),
): BuiltFollowUpDeps {
  const dynamoDb = buildDynamoDbClient();
  return {
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    results: buildResultStore(dynamoDb, env.RESULTS_TABLE),
    memory: buildMemory(dynamoDb, env.CONTROL_TABLE),
    edges: buildEdgeStore(dynamoDb, env.CONTROL_TABLE),
    labels: buildLabelStore(dynamoDb, env.CONTROL_TABLE),
    retentionSeconds: env.RETENTION_SECONDS,
    hours: new DynamoDbHourDirectory(dynamoDb, env.CONTROL_TABLE, systemClock),
    shards: env.TIME_INDEX_SHARDS,
    lanes: buildLaneSender(sqs, env.QUEUE_URLS),
    releases: buildReleaseSender(sqs, env.RELEASE_QUEUE_URL),
    clock: systemClock,
  };
}
