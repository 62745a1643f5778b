import { randomBytes } from 'node:crypto';
import { ByteRoom } from '../../core/byte-room.ts';
import { LIMITS } from '../../core/contract/limits.ts';
import { ORDERED_QUEUE } from '../../core/queue-name.ts';
import { retryPolicyOf } from '../../core/task-view.ts';
import { VISIBILITY_MARGIN_SECONDS } from '../../core/usecases/watch-attempts.ts';
import { DynamoDbTaskList } from '../shared/adapters/dynamodb-task-list.ts';
import { SqsMessageHolder } from '../shared/adapters/sqs-message-holder.ts';
import {
  backOff,
  buildDynamoDbClient,
  buildEdgeStore,
  buildMemory,
  buildResultCache,
  buildResultStore,
  buildSqsClient,
  buildTaskStore,
} from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { every } from '../shared/every.ts';
import { createGuardedClient } from '../shared/http/guarded-client.ts';
import { loopbackAllowed } from '../shared/http/loopback.ts';
import { buildObjectStore } from '../shared/object-store.ts';
import { queueUrlOf } from '../shared/queue-of-event.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger, buildMetrics } from '../shared/telemetry.ts';
import { findTaskType as findUserType } from '../tasks/index.ts';
import { bulkTask } from './bulk-task.ts';
import { envSchema } from './env.ts';
import { ExecutorProcess } from './executor-process.ts';
import type { ExecutorDeps } from './handler.ts';
import { measureBatch } from './measure-batch.ts';
import { memoryGauge } from './memory-gauge.ts';
import { runAttempt } from './run-attempt.ts';
import { taskLogOf } from './task-log.ts';
import { taskMemoryOf } from './task-memory.ts';
import { UsageMeter } from './usage-meter.ts';
import { webhookDelivery } from './webhook-delivery.ts';
import { webhookKeys } from './webhook-keys.ts';
import { withOwnTypes } from './with-own-types.ts';

/**
 * JSON text of large payloads that one process has in hand at a time: two of the largest, in 1,769 MB. What is
 * parsed from it may take ten times as much.
 */
const LARGE_PAYLOAD_BYTES = 2 * LIMITS.largeValueBytes;

export function buildDeps(variables: NodeJS.ProcessEnv): ExecutorDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  const sqs = buildSqsClient();
  const queueUrls = Object.values(env.QUEUE_URLS);
  const logger = buildLogger();
  const metrics = buildMetrics(env.STAGE);
  const meter = new UsageMeter();
  const own = new ExecutorProcess(variables);
  const tasks = buildTaskStore(dynamoDb, env.TASKS_TABLE);
  const results = buildResultStore(dynamoDb, env.RESULTS_TABLE);
  const objects = buildObjectStore(env.VALUES_BUCKET);
  const webhooks = webhookDelivery({
    tasks,
    results,
    objects,
    clock: systemClock,
    findTaskType: findUserType,
    onTrouble: (message, fields) => logger.error(message, fields),
    send: createGuardedClient({ allowLoopback: loopbackAllowed }),
    keys: webhookKeys(env.WEBHOOK_SECRET_ID),
  });
  const tables = { tasksTable: env.TASKS_TABLE, controlTable: env.CONTROL_TABLE };
  const bulk = {
    edges: buildEdgeStore(dynamoDb, env.CONTROL_TABLE),
    tasks,
    index: new DynamoDbTaskList({ client: dynamoDb, ...tables, ...backOff }),
    shards: env.TIME_INDEX_SHARDS,
    clock: systemClock,
    retentionSeconds: env.RETENTION_SECONDS,
  };
  const ownTypes = [webhooks, bulkTask('cancel', bulk), bulkTask('retry', bulk)];
  const findTaskType = withOwnTypes(ownTypes, findUserType);
  const memory = {
    memory: buildMemory(dynamoDb, env.CONTROL_TABLE),
    clock: systemClock,
    newWriteId: () => randomBytes(9).toString('base64url'),
  };
  const running = {
    findTaskType,
    tasks,
    clock: systemClock,
    startUsage: () => meter.start(),
    logOf: taskLogOf(logger),
    memoryOf: (agentId: string | undefined) => taskMemoryOf(memory, agentId),
    retentionSeconds: env.RETENTION_SECONDS,
    debug: {
      memory: () => own.memory(),
      process: () => own.facts(),
      memoryGrowthMb: env.DEBUG_MEMORY_GROWTH_MB,
    },
  };
  const cache = buildResultCache(dynamoDb, env.CONTROL_TABLE);
  return {
    tasks,
    results,
    objects,
    room: new ByteRoom(LARGE_PAYLOAD_BYTES),
    cache: {
      put: (entries) =>
        cache.put(entries).catch((error) => logger.error('results are not cached', { error })),
    },
    messagesOf: (arn) => new SqsMessageHolder(sqs, queueUrlOf(arn, queueUrls)),
    removerOf: (arn) => {
      const url = queueUrlOf(arn, queueUrls);
      return url === env.QUEUE_URLS[ORDERED_QUEUE] ? new SqsMessageHolder(sqs, url) : undefined;
    },
    attemptMs: env.ATTEMPT_SECONDS * 1000,
    clock: systemClock,
    random: Math.random,
    newLeaseId: () => randomBytes(9).toString('base64url'),
    run: (row, payloadText, stop, invocationEndsAtMs) =>
      runAttempt({ ...running, invocationEndsAtMs }, row, payloadText, stop),
    isMemoryHigh: memoryGauge(Number(variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE)),
    ...(env.LARGER_POOL === '' ? {} : { largerPool: env.LARGER_POOL }),
    ...hidingOf(env),
    every,
    retryPolicyOf: (row) => retryPolicyOf(row, findTaskType(row.type) ?? {}),
    leaseMs: env.LEASE_SECONDS * 1000,
    retentionSeconds: env.RETENTION_SECONDS,
    measure: (report, unreadable) => {
      measureBatch(metrics, report, unreadable);
      own.hasRun();
    },
    logger,
  };
}

/** Where the queues hide messages for much longer than a lease, the executor hides them for as long as a watched one. */
function hidingOf(env: {
  readonly LEASE_SECONDS: number;
  readonly VISIBILITY_SECONDS: number;
}): Pick<ExecutorDeps, 'hideSeconds'> {
  const hideSeconds = env.LEASE_SECONDS + VISIBILITY_MARGIN_SECONDS;
  return env.VISIBILITY_SECONDS > hideSeconds ? { hideSeconds } : {};
}
