import { Duration, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { DISPATCHED } from '../../core/follow-up.ts';
import { DEAD_LETTER_RETENTION_DAYS } from './queue-with-dead-letters.ts';

/** Tries of a batch that the dispatcher does not finish, before its position goes to `undispatched`. */
const RETRIES = 20;

/**
 * What the dispatcher sees of the stream: rows from which something may follow, and deletions of what has objects. A
 * mapping has five patterns at most.
 */
const FILTERS = [
  ...DISPATCHED.map(({ statuses, mark }) =>
    newImage({
      status: { S: [...statuses] },
      ...(mark === undefined ? {} : { [mark]: { BOOL: FilterRule.exists() } }),
    }),
  ),
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('REMOVE'),
    dynamodb: { OldImage: { has_objects: { BOOL: FilterRule.exists() } } },
  }),
];

export interface DispatchMappingProps {
  readonly tasks: Table;
  readonly dispatcher: LambdaFunction;
  readonly undispatched: Queue;
  readonly parallelizationFactor: number;
}

/**
 * Feeds the tasks table's stream to the dispatcher, from its first record on. The dispatcher itself sends what
 * keeps failing to the redo queue; only a batch that it does not even finish is bisected, tried again, and at
 * last told to `undispatched`, so that a record never blocks its shard for a day.
 *
 * One shard carries what one partition takes, 1,000 writes a second, and Lambda reads it four times a second:
 * a batch of 100 takes the dispatcher some 50 ms, so one invocation a shard at a time keeps up with 2,000.
 */
export function mapStream(scope: Construct, id: string, props: DispatchMappingProps): EventSourceMapping {
  return new EventSourceMapping(scope, id, {
    eventSourceArn: props.tasks.tableStreamArn ?? '',
    target: props.dispatcher,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    parallelizationFactor: props.parallelizationFactor,
    bisectBatchOnError: true,
    retryAttempts: RETRIES,
    reportBatchItemFailures: true,
    onFailure: { bind: () => ({ destination: props.undispatched.queueArn }) },
    filters: FILTERS,
  });
}

/** Where the stream positions go that the dispatcher never finished. Nothing reads it but an operator. */
export function buildUndispatchedQueue(scope: Construct): Queue {
  const queue = new Queue(scope, 'Undispatched', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(DEAD_LETTER_RETENTION_DAYS),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'It is itself where failures end: Lambda puts positions of the stream here, and no function reads them.',
  });
  return queue;
}

function newImage(pattern: Readonly<Record<string, unknown>>): { [key: string]: unknown } {
  return FilterCriteria.filter({ dynamodb: { NewImage: pattern } });
}
