import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Probe } from '../../../core/usecases/check-health.ts';

/** Asks each queue of the lanes for its depth. */
export function sqsLaneProbes(
  client: SQSClient,
  queueUrls: Readonly<Record<string, string>>,
): readonly Probe[] {
  return Object.entries(queueUrls).map(([queue, url]) => ({
    name: `${queue.replaceAll('-', '_')}_queue`,
    ask: () =>
      client.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      ),
  }));
}
