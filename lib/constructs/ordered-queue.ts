import { Duration, Validations } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** SQS's longest: a head that is tried for days keeps all behind it. */
const RETENTION_DAYS = 14;

/**
 * The FIFO queue of ordered tasks: encrypted by SQS, TLS only, with the throughput of each message group for itself
 * (300 messages a second). It has no dead-letter queue: a message that is taken out of a group frees those behind it
 * while its task lives, and these are received as often as their head fails. The limits in the row end a head.
 */
export function buildOrderedQueue(scope: Construct, id: string, visibilitySeconds: number): Queue {
  const queue = new Queue(scope, id, {
    fifo: true,
    contentBasedDeduplication: false,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(RETENTION_DAYS),
    visibilityTimeout: Duration.seconds(visibilitySeconds),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'A dead letter of one group would free those behind it while its task lives, and break the order. Attempts, crashes and deadline of the row end a head; what cannot be read is deleted and counted.',
  });
  return queue;
}
