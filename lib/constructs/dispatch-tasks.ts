import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { envSchema as dispatcherEnv } from '../../functions/dispatcher/env.ts';
import type { envSchema as redoEnv } from '../../functions/redo/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import { CONSUMER_TIMEOUT_SECONDS, CONSUMER_VISIBILITY_SECONDS, FEW_MESSAGES } from '../consumer-limits.ts';
import { buildUndispatchedQueue, mapStream } from './dispatch-mapping.ts';
import { type Lanes, queueArns, queueUrlsText } from './lanes.ts';
import { mapQueue } from './queue-mapping.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

/** Receives of a redo message: two minutes apart, so an outage of 100 minutes. */
const REDO_RECEIVES = 50;

export interface DispatchTasksProps extends FunctionContext {
  readonly lanes: Lanes;
  /** Where tasks are told of that others wait for. */
  readonly releaseQueue: Queue;
}

/** The dispatcher reads the tasks table's stream and does what follows; `redo` does it again for what failed. */
export class DispatchTasks extends Construct {
  constructor(scope: Construct, id: string, props: DispatchTasksProps) {
    super(scope, id);
    const { config, tables, values, lanes, releaseQueue } = props;
    const redoQueue = new QueueWithDeadLetters(this, 'Redo', {
      visibilitySeconds: CONSUMER_VISIBILITY_SECONDS,
      maxReceiveCount: REDO_RECEIVES,
    });
    const undispatched = buildUndispatchedQueue(this);
    const common = {
      STAGE: config.stage,
      TASKS_TABLE: tables.tasks.tableName,
      RESULTS_TABLE: tables.results.tableName,
      RELEASE_QUEUE_URL: releaseQueue.queueUrl,
      CONTROL_TABLE: tables.control.tableName,
      TIME_INDEX_SHARDS: String(config.timeIndexShards),
      RETENTION_SECONDS: String(config.retentionDays * 86_400),
      QUEUE_URLS: queueUrlsText(this, lanes.queues),
    };

    const dispatcher = new TaskFunction(this, 'dispatcher', {
      ...props,
      description: 'Does what follows from each change of a task',
      memoryMb: 1024,
      timeoutSeconds: CONSUMER_TIMEOUT_SECONDS,
      environment: { ...common, REDO_QUEUE_URL: redoQueue.queue.queueUrl } satisfies Environment<
        typeof dispatcherEnv
      >,
      arns: {
        'tasks.stream': [tables.tasks.tableStreamArn ?? ''],
        tasks: [tables.tasks.tableArn],
        results: [tables.results.tableArn],
        control: [tables.control.tableArn],
        lanes: queueArns(lanes.queues),
        release: [releaseQueue.queueArn],
        redo: [redoQueue.queue.queueArn],
        undispatched: [undispatched.queueArn],
      },
    });
    mapStream(this, 'Stream', {
      ...props.config.dispatcher,
      tasks: tables.tasks,
      dispatcher: dispatcher.lambda,
      undispatched,
    });

    const redo = new TaskFunction(this, 'redo', {
      ...props,
      description: 'Does again what follows from the rows whose dispatch failed',
      memoryMb: 512,
      timeoutSeconds: CONSUMER_TIMEOUT_SECONDS,
      environment: { ...common, VALUES_BUCKET: values.bucket.bucketName } satisfies Environment<
        typeof redoEnv
      >,
      arns: {
        redo: [redoQueue.queue.queueArn],
        tasks: [tables.tasks.tableArn],
        results: [tables.results.tableArn],
        control: [tables.control.tableArn],
        lanes: queueArns(lanes.queues),
        ...values.arns,
        release: [releaseQueue.queueArn],
      },
    });
    mapQueue(this, 'RedoMapping', { ...FEW_MESSAGES, queue: redoQueue.queue, target: redo.lambda });

    new CfnOutput(Stack.of(this), 'RedoQueueUrl', { value: redoQueue.queue.queueUrl });
    new CfnOutput(Stack.of(this), 'RedoDeadLetterQueueUrl', { value: redoQueue.deadLetters.queueUrl });
    new CfnOutput(Stack.of(this), 'UndispatchedQueueUrl', { value: undispatched.queueUrl });
  }
}
