import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** How long a queue keeps what nobody took: long enough for a week's outage and its repair. */
export const RETENTION_DAYS = 10;

/** SQS's longest. A message keeps its age when it moves to a dead-letter queue, so this must be more than above. */
export const DEAD_LETTER_RETENTION_DAYS = 14;

export interface QueueWithDeadLettersProps {
  /** How long the queue hides a message that was handed out: at least its function's time-out. */
  readonly visibilitySeconds: number;
  /** The same for its dead-letter queue. @default SQS's 30 s, for one that no function reads */
  readonly deadLetterVisibilitySeconds?: number;
  readonly maxReceiveCount: number;
  /** Where its dead letters go. @default a queue of its own */
  readonly deadLetters?: Queue;
}

/** A standard queue and its dead-letter queue: encrypted by SQS, TLS only. */
export class QueueWithDeadLetters extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueueWithDeadLettersProps) {
    super(scope, id);
    this.deadLetters =
      props.deadLetters ??
      new Queue(this, 'DeadLetters', {
        encryption: QueueEncryption.SQS_MANAGED,
        enforceSSL: true,
        retentionPeriod: Duration.days(DEAD_LETTER_RETENTION_DAYS),
        ...(props.deadLetterVisibilitySeconds === undefined
          ? {}
          : { visibilityTimeout: Duration.seconds(props.deadLetterVisibilitySeconds) }),
      });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(RETENTION_DAYS),
      visibilityTimeout: Duration.seconds(props.visibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount },
    });
  }
}
