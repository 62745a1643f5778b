import { Construct } from 'constructs';
import { QUEUE_KINDS } from '../../core/queue-name.ts';
import type { envSchema as executorEnv } from '../../functions/executor/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import { queueSettingsOf } from '../queue-settings.ts';
import { invokedFunctionArns, invokedFunctionsEnvironment } from './invoked-functions.ts';
import { type Lanes, queueArns, queueUrlsText } from './lanes.ts';
import { mapQueue } from './queue-mapping.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

export interface ExecuteTasksProps extends FunctionContext {
  readonly lanes: Lanes;
  readonly webhookSecretArn: string;
}

/**
 * The executor, fed by one mapping a lane. Each mapping has a maximum concurrency of its own, and together they
 * are no more than what is reserved, so that a flood of one lane takes no slot from another.
 */
export class ExecuteTasks extends Construct {
  constructor(scope: Construct, id: string, props: ExecuteTasksProps) {
    super(scope, id);
    const { config, tables, values, lanes } = props;
    const index = (name: string) => `${tables.tasks.tableArn}/index/${name}`;
    const { memoryMb, timeoutSeconds, reservedConcurrency, leaseSeconds } = config.executor;
    const executor = new TaskFunction(this, 'executor', {
      ...props,
      description: 'Claims tasks, runs their handlers, stores results and finishes them',
      memoryMb,
      timeoutSeconds,
      reservedConcurrency,
      environment: {
        STAGE: config.stage,
        TASKS_TABLE: tables.tasks.tableName,
        RESULTS_TABLE: tables.results.tableName,
        CONTROL_TABLE: tables.control.tableName,
        WEBHOOK_SECRET_ID: props.webhookSecretArn,
        VALUES_BUCKET: values.bucket.bucketName,
        TIME_INDEX_SHARDS: String(config.timeIndexShards),
        LEASE_SECONDS: String(leaseSeconds),
        RETENTION_SECONDS: String(config.retentionDays * 86_400),
        DEBUG_MEMORY_GROWTH_MB: String(config.debug.memoryGrowthMb),
        ...invokedFunctionsEnvironment(config),
        QUEUE_URLS: queueUrlsText(this, lanes.queues),
      } satisfies Environment<typeof executorEnv>,
      arns: {
        lanes: queueArns(lanes.queues),
        tasks: [tables.tasks.tableArn],
        'tasks.by-time': [index('by-time')],
        'tasks.by-agent': [index('by-agent')],
        'tasks.failed': [index('failed')],
        results: [tables.results.tableArn],
        control: [tables.control.tableArn],
        'webhook-secret': [props.webhookSecretArn],
        ...values.arns,
        'invoked-functions': invokedFunctionArns(config),
      },
    });
    for (const kind of QUEUE_KINDS) {
      const queue = lanes.queues[kind];
      if (queue === undefined) continue;
      mapQueue(this, kind, { ...queueSettingsOf(config, kind), queue, target: executor.lambda });
    }
  }
}
