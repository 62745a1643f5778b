import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ORDERED_QUEUE } from '../../core/queue-name.ts';
import { CONSUMER_VISIBILITY_SECONDS } from '../consumer-limits.ts';
import { pascalCase } from '../pascal-case.ts';
import { queuesOf } from '../pool-queues.ts';
import type { StageConfig } from '../stage-schema.ts';
import { buildOrderedQueue } from './ordered-queue.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';

/** Queues by their names. */
export type Queues = Readonly<Record<string, Queue>>;

/**
 * The queues of all executor pools: in each one for every lane, a tier of priorities, and one whose tasks run alone.
 * A dead letter only names a task, so those of a lane share a queue, whatever pool they come from: one more that is
 * read would cost its empty receives. And the queue of ordered tasks, which has none.
 */
export class Lanes extends Construct {
  /** By their names: `critical` of the smallest pool, `critical-large` of another, `ordered`. */
  readonly queues: Queues;
  /** By their kinds: the lanes, and solo. */
  readonly deadLetters: Queues;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const queues: Record<string, Queue> = {};
    const deadLetters: Record<string, Queue> = {};
    for (const pool of config.pools) {
      for (const { name, kind, maxReceiveCount } of queuesOf(config, pool)) {
        const built = new QueueWithDeadLetters(this, name, {
          visibilitySeconds: pool.executor.visibilitySeconds,
          deadLetterVisibilitySeconds: CONSUMER_VISIBILITY_SECONDS,
          maxReceiveCount,
          ...(deadLetters[kind] === undefined ? {} : { deadLetters: deadLetters[kind] }),
        });
        queues[name] = built.queue;
        deadLetters[kind] ??= built.deadLetters;
      }
    }
    const [smallest] = config.pools;
    if (smallest !== undefined)
      queues[ORDERED_QUEUE] = buildOrderedQueue(this, ORDERED_QUEUE, smallest.executor.visibilitySeconds);
    this.queues = queues;
    this.deadLetters = deadLetters;
    addOutputs(Stack.of(this), queues, 'QueueUrl');
    addOutputs(Stack.of(this), deadLetters, 'DeadLetterQueueUrl');
  }
}

function addOutputs(stack: Stack, queues: Queues, suffix: string): void {
  for (const [name, { queueUrl }] of Object.entries(queues)) {
    new CfnOutput(stack, `${pascalCase(name)}${suffix}`, { value: queueUrl });
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

/** Those of the queues that have one of the names. */
export function pickQueues(queues: Queues, names: readonly string[]): Queues {
  return Object.fromEntries(Object.entries(queues).filter(([name]) => names.includes(name)));
}
