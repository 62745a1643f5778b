import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ORDERED_QUEUE, queueNameIn } from '../../core/queue-name.ts';
import type { envSchema as apiEnv } from '../../functions/api/env.ts';
import type { envSchema as claimsEnv } from '../../functions/claims/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import type { envSchema as waitEnv } from '../../functions/wait/env.ts';
import { laneLimitsText, poolsText } from '../lane-settings.ts';
import { poolSuffixOf } from '../pool-queues.ts';
import type { StageConfig } from '../stage-schema.ts';
import { invokedFunctionsEnvironment } from './invoked-functions.ts';
import { pickQueues, type Queues, queueArns, queueUrlsText } from './lanes.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

/** API Gateway gives up after 30 s (its limit for HTTP APIs): nothing that answers a request may run longer. */
const INTEGRATION_LIMIT_SECONDS = 30;

export interface AnswerRequestsProps extends FunctionContext {
  readonly cursorSecretArn: string;
  readonly queues: Queues;
  /** The function that has lanes served or stopped. */
  readonly laneSwitch: LambdaFunction;
}

/** The functions that answer requests. Long polls are one of their own, so that waiting clients block nobody. */
export class AnswerRequests extends Construct {
  readonly functions: Readonly<Record<'api' | 'wait' | 'claims' | 'docs', LambdaFunction>>;

  constructor(scope: Construct, id: string, props: AnswerRequestsProps) {
    super(scope, id);
    const { config, tables, values, queues, laneSwitch, cursorSecretArn } = props;
    const index = (name: string) => `${tables.tasks.tableArn}/index/${name}`;
    const common = {
      STAGE: config.stage,
      TASKS_TABLE: tables.tasks.tableName,
      RESULTS_TABLE: tables.results.tableName,
      VALUES_BUCKET: values.bucket.bucketName,
      TENANT_CLAIM: config.tenantClaim,
      GROUPS_CLAIM: config.groupsClaim,
    };
    const api = new TaskFunction(this, 'api', {
      ...props,
      description: 'Answers the HTTP API',
      memoryMb: 1024,
      timeoutSeconds: INTEGRATION_LIMIT_SECONDS,
      environment: {
        ...common,
        CONTROL_TABLE: tables.control.tableName,
        CURSOR_SECRET_ID: cursorSecretArn,
        TIME_INDEX_SHARDS: String(config.timeIndexShards),
        RETENTION_SECONDS: String(config.retentionDays * 86_400),
        ...invokedFunctionsEnvironment(config),
        QUEUE_URLS: queueUrlsText(this, queues),
        POOLS: poolsText(config),
        LANE_LIMITS: laneLimitsText(config),
        LANE_SWITCH_FUNCTION: laneSwitch.functionArn,
      } satisfies Environment<typeof apiEnv>,
      arns: {
        tasks: [tables.tasks.tableArn],
        'tasks.by-time': [index('by-time')],
        'tasks.by-agent': [index('by-agent')],
        'tasks.failed': [index('failed')],
        results: [tables.results.tableArn],
        control: [tables.control.tableArn],
        'cursor-secret': [cursorSecretArn],
        'lanes.critical': queueArns(pickQueues(queues, expressNamesOf(config))),
        'lanes.ordered': queueArns(pickQueues(queues, [ORDERED_QUEUE])),
        lanes: queueArns(queues),
        ...values.arns,
        'lane-switch': [laneSwitch.functionArn],
      },
    });
    const wait = new TaskFunction(this, 'wait', {
      ...props,
      description: 'Answers for a task or its result, at once or when the task ends',
      memoryMb: 512,
      timeoutSeconds: INTEGRATION_LIMIT_SECONDS,
      reservedConcurrency: config.wait.reservedConcurrency,
      environment: common satisfies Environment<typeof waitEnv>,
      arns: { tasks: [tables.tasks.tableArn], results: [tables.results.tableArn], ...values.arns },
    });
    const claims = new TaskFunction(this, 'claims', {
      ...props,
      description: 'Lets agents claim tasks, at once or when there are some',
      memoryMb: 512,
      timeoutSeconds: INTEGRATION_LIMIT_SECONDS,
      reservedConcurrency: config.claims.reservedConcurrency,
      environment: {
        ...common,
        CONTROL_TABLE: tables.control.tableName,
        RETENTION_SECONDS: String(config.retentionDays * 86_400),
      } satisfies Environment<typeof claimsEnv>,
      arns: {
        tasks: [tables.tasks.tableArn],
        'tasks.mailbox': [index('mailbox')],
        results: [tables.results.tableArn],
        control: [tables.control.tableArn],
        ...values.arns,
      },
    });
    const docs = new TaskFunction(this, 'docs', {
      ...props,
      description: 'Serves the page of the API contract',
      memoryMb: 256,
      timeoutSeconds: 10,
      environment: {},
      arns: {},
    });
    this.functions = {
      api: api.lambda,
      wait: wait.lambda,
      claims: claims.lambda,
      docs: docs.lambda,
    };
  }
}

/** The queues of `critical`, to which the API itself sends. */
function expressNamesOf(config: StageConfig): readonly string[] {
  return config.pools.map((pool) => queueNameIn('critical', poolSuffixOf(config, pool)));
}
