import { buildDynamoDbClient, buildResultStore, buildTaskStore } from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { buildObjectStore } from '../shared/object-store.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { findTaskType } from '../tasks/index.ts';
import { envSchema } from './env.ts';
import type { WaitFunctionDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): WaitFunctionDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  return {
    claims: { tenantClaim: env.TENANT_CLAIM, groupsClaim: env.GROUPS_CLAIM },
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    results: buildResultStore(dynamoDb, env.RESULTS_TABLE),
    objects: buildObjectStore(env.VALUES_BUCKET),
    findTaskType,
    clock: systemClock,
    log: buildLogger(),
  };
}
