import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { SqsLaneDepths } from '../../../../functions/shared/adapters/sqs-lane-depths.ts';

it('counts the messages of a lane in all pools, and of no other queue', async () => {
  const client = new SQSClient({ region: 'us-east-1' });
  const counts: Record<string, readonly [number, number, number]> = {
    low: [1, 2, 3],
    'low-large': [10, 20, 30],
    lowest: [100, 100, 100],
    solo: [100, 100, 100],
  };
  client.send = async ({ input }: { input: { QueueUrl: string } }) => {
    const [visible, held, delayed] = counts[input.QueueUrl] ?? [];
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(held),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      },
    };
  };
  const urls = Object.fromEntries(Object.keys(counts).map((name) => [name, name]));
  const depth = await new SqsLaneDepths(client, urls).of('low');
  expect(depth).toEqual({ pending: 11, in_flight: 22, delayed: 33 });
});
