import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { LANES, type Lane } from '../../../core/lane.ts';
import type { Probe } from '../../../core/usecases/check-health.ts';

/** Asks each lane's queue for its depth. */
export function sqsLaneProbes(
  client: SQSClient,
  queueUrls: Readonly<Record<Lane, string>>,
): readonly Probe[] {
  return LANES.map((lane) => ({
    name: `${lane}_queue`,
    ask: () =>
      client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrls[lane],
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      ),
  }));
}
