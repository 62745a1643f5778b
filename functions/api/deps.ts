import { randomBytes } from 'node:crypto';
import { byLane } from '../../core/lane.ts';
import { newTaskId } from '../../core/task-id.ts';
import type { TaskIndex } from '../../core/task-index.ts';
import { retryPolicyOf } from '../../core/task-view.ts';
import { hourOf } from '../../core/time-index.ts';
import type { Probe } from '../../core/usecases/check-health.ts';
import { LaneRoom } from '../../core/usecases/lane-room.ts';
import { DynamoDbAgentDirectory } from '../shared/adapters/dynamodb-agent-directory.ts';
import { DynamoDbAgentTasks } from '../shared/adapters/dynamodb-agent-tasks.ts';
import { DynamoDbCountedTasks } from '../shared/adapters/dynamodb-counted-tasks.ts';
import { DynamoDbExpiredRows } from '../shared/adapters/dynamodb-expired-rows.ts';
import { DynamoDbHourDirectory } from '../shared/adapters/dynamodb-hour-directory.ts';
import { DynamoDbLaneStates } from '../shared/adapters/dynamodb-lane-states.ts';
import type { DynamoDbResultStore } from '../shared/adapters/dynamodb-result-store.ts';
import { DynamoDbTaskList } from '../shared/adapters/dynamodb-task-list.ts';
import type { DynamoDbTaskStore } from '../shared/adapters/dynamodb-task-store.ts';
import { SecretKeys } from '../shared/adapters/secret-keys.ts';
import { SqsLaneDepths } from '../shared/adapters/sqs-lane-depths.ts';
import { sqsLaneProbes } from '../shared/adapters/sqs-lane-probes.ts';
import {
  backOff,
  buildDynamoDbClient,
  buildEdgeStore,
  buildLabelStore,
  buildLaneSender,
  buildMemory,
  buildResultCache,
  buildResultStore,
  buildSqsClient,
  buildTaskStore,
} from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { buildObjectStore } from '../shared/object-store.ts';
import { buildSecretsManagerClient } from '../shared/secrets-client.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { findTaskType } from '../tasks/index.ts';
import { envSchema } from './env.ts';
import type { ApiDeps } from './handler.ts';
import { invokeLaneSwitch } from './invoke-lane-switch.ts';
import { openApiText } from './open-api-text.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): ApiDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  const sqs = buildSqsClient();
  const tasks = buildTaskStore(dynamoDb, env.TASKS_TABLE);
  const results = buildResultStore(dynamoDb, env.RESULTS_TABLE);
  const tables = { tasksTable: env.TASKS_TABLE, controlTable: env.CONTROL_TABLE };
  const index = new DynamoDbTaskList({ client: dynamoDb, ...tables, ...backOff });
  const log = buildLogger();
  const depths = new SqsLaneDepths(sqs, env.QUEUE_URLS);
  const maxPending = byLane((lane) => env.LANE_LIMITS[lane].maxPending);
  return {
    claims: { tenantClaim: env.TENANT_CLAIM, groupsClaim: env.GROUPS_CLAIM },
    tasks,
    results,
    objects: buildObjectStore(env.VALUES_BUCKET),
    newUploadId: () => randomBytes(18).toString('base64url'),
    cache: buildResultCache(dynamoDb, env.CONTROL_TABLE),
    hours: new DynamoDbHourDirectory(dynamoDb, env.CONTROL_TABLE, systemClock),
    labels: buildLabelStore(dynamoDb, env.CONTROL_TABLE),
    edges: buildEdgeStore(dynamoDb, env.CONTROL_TABLE),
    expiredRows: new DynamoDbExpiredRows(dynamoDb, env.TASKS_TABLE),
    lanes: buildLaneSender(sqs, env.QUEUE_URLS),
    index,
    cursorKeys: new SecretKeys({
      client: buildSecretsManagerClient(),
      secretId: env.CURSOR_SECRET_ID,
      clock: systemClock,
    }),
    findTaskType,
    pools: env.POOLS,
    laneRoom: new LaneRoom({
      depths,
      maxPending,
      clock: systemClock,
      onTrouble: (...told) => log.error(...told),
    }),
    laneOperations: {
      states: new DynamoDbLaneStates(dynamoDb, env.CONTROL_TABLE),
      depths,
      applyStates: () => invokeLaneSwitch(env.LANE_SWITCH_FUNCTION),
      maxConcurrency: byLane((lane) => env.LANE_LIMITS[lane].maxConcurrency),
      maxPending,
    },
    newTaskId: () => newTaskId(systemClock.nowMs(), randomBytes(16)),
    shards: env.TIME_INDEX_SHARDS,
    retentionSeconds: env.RETENTION_SECONDS,
    random: Math.random,
    // What agents report is of type `agent`, which has the platform's policy.
    retryPolicyOf: (row) => retryPolicyOf(row, findTaskType(row.type) ?? {}),
    agents: new DynamoDbAgentDirectory({ client: dynamoDb, table: env.CONTROL_TABLE, ...backOff }),
    agentTasks: new DynamoDbAgentTasks({ client: dynamoDb, table: env.TASKS_TABLE, ...backOff }),
    countedTasks: new DynamoDbCountedTasks(dynamoDb, env.CONTROL_TABLE),
    memory: buildMemory(dynamoDb, env.CONTROL_TABLE),
    newWriteId: () => randomBytes(9).toString('base64url'),
    probes: [...tableProbes(tasks, results, index), ...sqsLaneProbes(sqs, env.QUEUE_URLS)],
    openApi: openApiText,
    clock: systemClock,
    log,
  };
}

/** A read of each table that finds nothing, or little. */
function tableProbes(
  tasks: DynamoDbTaskStore,
  results: DynamoDbResultStore,
  index: TaskIndex,
): readonly Probe[] {
  const hour = () => hourOf(systemClock.nowMs());
  return [
    { name: 'tasks_table', ask: () => tasks.peek('health') },
    { name: 'results_table', ask: () => results.payloadsOf(['health']) },
    { name: 'control_table', ask: () => index.hours({ newest: hour(), oldest: hour(), limit: 1 }) },
  ];
}
