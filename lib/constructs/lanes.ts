import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LANES, type Lane } from '../../core/lane.ts';
import { CONSUMER_VISIBILITY_SECONDS } from '../consumer-limits.ts';
import type { StageConfig } from '../stage-schema.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';

/** The queues of the lanes: a tier of priorities each, with dead letters of its own. */
export class Lanes extends Construct {
  readonly queues: Readonly<Record<Lane, Queue>>;
  readonly deadLetters: Readonly<Record<Lane, Queue>>;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const lanes = byLane(
      (lane) =>
        new QueueWithDeadLetters(this, lane, {
          visibilitySeconds: config.executor.visibilitySeconds,
          deadLetterVisibilitySeconds: CONSUMER_VISIBILITY_SECONDS,
          maxReceiveCount: config.lanes[lane].maxReceiveCount,
        }),
    );
    this.queues = byLane((lane) => lanes[lane].queue);
    this.deadLetters = byLane((lane) => lanes[lane].deadLetters);
    for (const lane of LANES) {
      const name = lane.charAt(0).toUpperCase() + lane.slice(1);
      new CfnOutput(Stack.of(this), `${name}QueueUrl`, { value: this.queues[lane].queueUrl });
      new CfnOutput(Stack.of(this), `${name}DeadLetterQueueUrl`, { value: this.deadLetters[lane].queueUrl });
    }
  }
}

/** One value for each lane. */
export function byLane<Value>(pick: (lane: Lane) => Value): Readonly<Record<Lane, Value>> {
  return {
    critical: pick('critical'),
    high: pick('high'),
    normal: pick('normal'),
    low: pick('low'),
  };
}

/** The environment variables that name the lanes' queues. */
export function laneQueueUrls(queues: Readonly<Record<Lane, Queue>>) {
  return {
    CRITICAL_QUEUE_URL: queues.critical.queueUrl,
    HIGH_QUEUE_URL: queues.high.queueUrl,
    NORMAL_QUEUE_URL: queues.normal.queueUrl,
    LOW_QUEUE_URL: queues.low.queueUrl,
  };
}

export function queueArns(queues: Readonly<Record<Lane, Queue>>): readonly string[] {
  return LANES.map((lane) => queues[lane].queueArn);
}
