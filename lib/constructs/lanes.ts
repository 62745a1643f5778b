import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { QUEUE_KINDS } from '../../core/queue-name.ts';
import { CONSUMER_VISIBILITY_SECONDS } from '../consumer-limits.ts';
import { pascalCase } from '../pascal-case.ts';
import { queueSettingsOf } from '../queue-settings.ts';
import type { StageConfig } from '../stage-schema.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';

/** Queues by their names. */
export type Queues = Readonly<Record<string, Queue>>;

/** The queues of the lanes, a tier of priorities each, and the one whose tasks run alone; with dead letters of their own. */
export class Lanes extends Construct {
  readonly queues: Queues;
  readonly deadLetters: Queues;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const lanes = QUEUE_KINDS.map((kind) => {
      const { queue, deadLetters } = new QueueWithDeadLetters(this, kind, {
        visibilitySeconds: config.executor.visibilitySeconds,
        deadLetterVisibilitySeconds: CONSUMER_VISIBILITY_SECONDS,
        maxReceiveCount: queueSettingsOf(config, kind).maxReceiveCount,
      });
      return { name: kind, queue, deadLetters };
    });
    this.queues = Object.fromEntries(lanes.map(({ name, queue }) => [name, queue]));
    this.deadLetters = Object.fromEntries(lanes.map(({ name, deadLetters }) => [name, deadLetters]));
    for (const { name, queue, deadLetters } of lanes) {
      new CfnOutput(Stack.of(this), `${pascalCase(name)}QueueUrl`, { value: queue.queueUrl });
      new CfnOutput(Stack.of(this), `${pascalCase(name)}DeadLetterQueueUrl`, { value: deadLetters.queueUrl });
    }
  }
}

/** The environment variable that names queues: a JSON object, from name to URL. */
export function queueUrlsText(scope: Construct, queues: Queues): string {
  const urls = Object.entries(queues).map(([name, queue]) => [name, queue.queueUrl]);
  return Stack.of(scope).toJsonString(Object.fromEntries(urls));
}

export function queueArns(queues: Queues): readonly string[] {
  return Object.values(queues).map((queue) => queue.queueArn);
}
