import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { ReceivedMessage } from '../../core/ports.ts';
import { encodeLaneMessage } from '../../functions/shared/lane-message.ts';

/** An SQS record as Lambda hands it to a function. */
export function anSqsRecord(body: string, overrides: Partial<SQSRecord> = {}): SQSRecord {
  return {
    messageId: `id-${body.length}-${Math.random()}`,
    receiptHandle: 'receipt',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
    awsRegion: 'us-east-1',
    ...overrides,
  };
}

/** The event that carries lane messages. */
export function aLaneEvent(messages: readonly ReceivedMessage[], eventSourceARN?: string): SQSEvent {
  return {
    Records: messages.map((message) =>
      anSqsRecord(encodeLaneMessage(message), {
        messageId: message.messageId,
        receiptHandle: message.receiptHandle,
        attributes: {
          ApproximateReceiveCount: String(message.receives),
          SentTimestamp: '0',
          SenderId: 'sender',
          ApproximateFirstReceiveTimestamp: '0',
          ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
        },
        ...(eventSourceARN === undefined ? {} : { eventSourceARN }),
      }),
    ),
  };
}
