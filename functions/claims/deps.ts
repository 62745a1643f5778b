import { randomBytes } from 'node:crypto';
import { retryPolicyOf } from '../../core/task-view.ts';
import { DynamoDbAgentDirectory } from '../shared/adapters/dynamodb-agent-directory.ts';
import { DynamoDbMailboxIndex } from '../shared/adapters/dynamodb-mailbox-index.ts';
import { backOff, buildDynamoDbClient, buildResultStore, buildTaskStore } from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { buildObjectStore } from '../shared/object-store.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { ClaimsDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): ClaimsDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  return {
    claims: { tenantClaim: env.TENANT_CLAIM, groupsClaim: env.GROUPS_CLAIM },
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    results: buildResultStore(dynamoDb, env.RESULTS_TABLE),
    objects: buildObjectStore(env.VALUES_BUCKET),
    agents: new DynamoDbAgentDirectory({ client: dynamoDb, table: env.CONTROL_TABLE, ...backOff }),
    mailboxes: new DynamoDbMailboxIndex(dynamoDb, env.TASKS_TABLE),
    // Tasks of type `agent` have the platform's defaults.
    findTaskType: () => undefined,
    retryPolicyOf: (row) => retryPolicyOf(row, {}),
    newLeaseToken: () => randomBytes(18).toString('base64url'),
    random: Math.random,
    retentionSeconds: env.RETENTION_SECONDS,
    clock: systemClock,
    log: buildLogger(),
  };
}
