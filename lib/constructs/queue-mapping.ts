import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface QueueMappingProps {
  readonly queue: Queue;
  readonly target: LambdaFunction;
  readonly batchSize: number;
  /** How long Lambda may gather a batch. @default 0 */
  readonly batchWindowSeconds?: number;
  /** Invocations at a time, 2 to 1000. */
  readonly maxConcurrency: number;
}

/** Lets a function take a queue's messages. It reports those that failed, so one never brings back the others. */
export function mapQueue(scope: Construct, id: string, props: QueueMappingProps): EventSourceMapping {
  const { queue, target, batchSize, batchWindowSeconds = 0, maxConcurrency } = props;
  return new EventSourceMapping(scope, id, {
    eventSourceArn: queue.queueArn,
    target,
    batchSize,
    maxConcurrency,
    reportBatchItemFailures: true,
    ...(batchWindowSeconds > 0 ? { maxBatchingWindow: Duration.seconds(batchWindowSeconds) } : {}),
  });
}
