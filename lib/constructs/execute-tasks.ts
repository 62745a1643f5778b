import { Size } from 'aws-cdk-lib';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ORDERED_QUEUE, type QueueKind } from '../../core/queue-name.ts';
import type { envSchema as executorEnv } from '../../functions/executor/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import { poolSuffixOf, queuesOf } from '../pool-queues.ts';
import type { PoolConfig } from '../stage-schema.ts';
import { invokedFunctionArns, invokedFunctionsEnvironment } from './invoked-functions.ts';
import { type Lanes, pickQueues, queueArns, queueUrlsText } from './lanes.ts';
import { mapQueue } from './queue-mapping.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

export interface ExecuteTasksProps extends FunctionContext {
  readonly lanes: Lanes;
  readonly webhookSecretArn: string;
  readonly pool: PoolConfig;
  /** Where tasks go that this pool has too little memory for. @default nowhere: it is the largest */
  readonly largerPool?: PoolConfig;
}

/**
 * The executor of a pool, fed by one mapping a queue. Each mapping has a maximum concurrency of its own, and together
 * they are no more than what is reserved, so that a flood of one lane takes no slot from another.
 */
export class ExecuteTasks extends Construct {
  /** The mappings of its queues. */
  readonly mappings: ReadonlyMap<QueueKind, EventSourceMapping>;

  constructor(scope: Construct, id: string, props: ExecuteTasksProps) {
    super(scope, id);
    const { config, tables, values, lanes, pool, largerPool } = props;
    const index = (name: string) => `${tables.tasks.tableArn}/index/${name}`;
    const { memoryMb, ephemeralStorageMb, timeoutSeconds, reservedConcurrency } = pool.executor;
    const suffix = poolSuffixOf(config, pool);
    const own = queuesOf(config, pool);
    // One order has one queue, and that has one executor.
    const ordered = suffix === undefined ? [ORDERED_QUEUE] : [];
    const queues = pickQueues(lanes.queues, [...own.map(({ name }) => name), ...ordered]);
    const executor = new TaskFunction(this, 'executor', {
      ...props,
      ...(suffix === undefined ? {} : { suffix }),
      description: `Claims tasks, runs their handlers, stores results and finishes them (pool ${pool.name})`,
      memoryMb,
      ephemeralStorage: Size.mebibytes(ephemeralStorageMb),
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
        LEASE_SECONDS: String(pool.executor.leaseSeconds),
        VISIBILITY_SECONDS: String(pool.executor.visibilitySeconds),
        ATTEMPT_SECONDS: String(pool.attemptSeconds),
        RETENTION_SECONDS: String(config.retentionDays * 86_400),
        DEBUG_MEMORY_GROWTH_MB: String(config.debug.memoryGrowthMb),
        ...invokedFunctionsEnvironment(config),
        QUEUE_URLS: queueUrlsText(this, queues),
        LARGER_POOL: largerPool?.name ?? '',
      } satisfies Environment<typeof executorEnv>,
      arns: {
        lanes: queueArns(queues),
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
    const mappings = new Map<QueueKind, EventSourceMapping>();
    for (const { name, kind, ...served } of own) {
      const queue = queues[name];
      if (queue === undefined) throw new Error(`the queue ${name} is missing`);
      mappings.set(kind, mapQueue(this, kind, { ...served, queue, target: executor.lambda }));
    }
    this.mappings = mappings;
    const orderedQueue = queues[ORDERED_QUEUE];
    if (orderedQueue === undefined) return;
    mapQueue(this, ORDERED_QUEUE, { ...config.ordered, queue: orderedQueue, target: executor.lambda });
  }
}
