import { QUEUE_KINDS } from '../../core/queue-name.ts';
import { stageConfig } from '../../lib/config.ts';
import { laneLimitsText, poolsText } from '../../lib/lane-settings.ts';
import { awsEnvironment, localAccount } from '../../local/aws-environment.ts';

/** Names of the tables in the stub. */
export const TABLES = { tasks: 'tasks', results: 'results', control: 'control' } as const;

/** The queue of a lane in the stub; its name is the lane's. */
export const queueUrlOf = (endpoint: string, queue: string): string => `${endpoint}/${localAccount}/${queue}`;

/** The environment of a function that runs against the stub: what Lambda sets, and what the deployment sets. */
export function functionEnvironment(name: string, endpoint: string): Readonly<Record<string, string>> {
  const queueUrls = QUEUE_KINDS.map((kind) => [kind, queueUrlOf(endpoint, kind)]);
  return {
    ...awsEnvironment(endpoint),
    // A role's session, as every function has: its token is part of what is signed and sent.
    AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjE'.repeat(40),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    _X_AMZN_TRACE_ID: 'Root=1-67da4b8c-0f4ab4e8a1f0f3c1a2b3c4d5;Parent=0f4ab4e8a1f0f3c1;Sampled=0',
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_LOG_LEVEL: 'INFO',
    NODE_ENV: 'production',
    STAGE: 'bench',
    TASKS_TABLE: TABLES.tasks,
    RESULTS_TABLE: TABLES.results,
    CONTROL_TABLE: TABLES.control,
    VALUES_BUCKET: 'values',
    CURSOR_SECRET_ID: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:CursorSecret-a1b2c3',
    WEBHOOK_SECRET_ID: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:WebhookSecret-a1b2c3',
    TIME_INDEX_SHARDS: '8',
    TENANT_CLAIM: 'client_id',
    GROUPS_CLAIM: 'cognito:groups',
    LEASE_SECONDS: '80',
    VISIBILITY_SECONDS: '90',
    LARGER_POOL: 'large',
    POOLS: poolsText(stageConfig('prod')),
    LANE_LIMITS: laneLimitsText(stageConfig('prod')),
    LANE_SWITCH_FUNCTION: 'lane-switch',
    ATTEMPT_SECONDS: '60',
    RETENTION_SECONDS: String(30 * 86_400),
    DEBUG_MEMORY_GROWTH_MB: '100',
    LAMBDA_INVOKE_FUNCTIONS: '[]',
    REDO_QUEUE_URL: queueUrlOf(endpoint, 'redo'),
    RELEASE_QUEUE_URL: queueUrlOf(endpoint, 'release'),
    QUEUE_URLS: JSON.stringify(Object.fromEntries(queueUrls)),
  };
}
