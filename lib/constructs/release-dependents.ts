import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { envSchema as releaseEnv } from '../../functions/release/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import { CONSUMER_TIMEOUT_SECONDS, CONSUMER_VISIBILITY_SECONDS } from '../consumer-limits.ts';
import { mapQueue } from './queue-mapping.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

/** Receives of a release message: two minutes apart, so an outage of 100 minutes. */
const RELEASE_RECEIVES = 50;

/** Ten ends at once are one look at their dependents; five such looks at a time. */
const RELEASE_MESSAGES = { batchSize: 10, maxConcurrency: 5 } as const;

/** Lets tasks go on that wait for others: fed by the dispatcher, page by page by itself. */
export class ReleaseDependents extends Construct {
  /** Where the dispatcher says which tasks have ended or started. */
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: FunctionContext) {
    super(scope, id);
    const { config, tables } = props;
    const { queue, deadLetters } = new QueueWithDeadLetters(this, 'Messages', {
      visibilitySeconds: CONSUMER_VISIBILITY_SECONDS,
      maxReceiveCount: RELEASE_RECEIVES,
    });
    this.queue = queue;
    const release = new TaskFunction(this, 'release', {
      ...props,
      description: 'Lets tasks go on that wait for others',
      memoryMb: 512,
      timeoutSeconds: CONSUMER_TIMEOUT_SECONDS,
      // A page of dependents follows the other: 40 of them for 10,000 dependents, and Lambda would stop after 16.
      mayFeedItself: true,
      environment: {
        STAGE: config.stage,
        TASKS_TABLE: tables.tasks.tableName,
        CONTROL_TABLE: tables.control.tableName,
        RELEASE_QUEUE_URL: queue.queueUrl,
        RETENTION_SECONDS: String(config.retentionDays * 86_400),
      } satisfies Environment<typeof releaseEnv>,
      arns: {
        release: [queue.queueArn],
        tasks: [tables.tasks.tableArn],
        control: [tables.control.tableArn],
      },
    });
    mapQueue(this, 'Mapping', { ...RELEASE_MESSAGES, queue, target: release.lambda });

    new CfnOutput(Stack.of(this), 'ReleaseQueueUrl', { value: queue.queueUrl });
    new CfnOutput(Stack.of(this), 'ReleaseDeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }
}
