import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../../core/ports.ts';
import { SqsLaneSender } from '../../../../functions/shared/adapters/sqs-lane-sender.ts';
import { NOW_MS } from '../../../support/builders.ts';
import { FixedClock } from '../../../support/fixed-clock.ts';

/** A sender whose queues take everything, and the queues in the order of their calls. */
function aSender(...queues: string[]) {
  const calls: string[] = [];
  const client = new SQSClient({ region: 'us-east-1' });
  client.send = async ({ input }: { input: { QueueUrl: string; Entries: readonly { Id: string }[] } }) => {
    calls.push(input.QueueUrl);
    return { Successful: input.Entries };
  };
  const queueUrls = Object.fromEntries(queues.map((name) => [name, `https://sqs/1/${name}`]));
  const clock = new FixedClock(NOW_MS);
  return { calls, sender: new SqsLaneSender({ client, queueUrls, clock, random: () => 0 }) };
}

const aMessageFor = (lane: OutgoingMessage['lane'], queue: OutgoingMessage['queue']): OutgoingMessage => ({
  task_id: 'task-1',
  generation: 1,
  delaySeconds: 0,
  lane,
  queue,
});

it('sends the most urgent lanes first, each message to its queue', async () => {
  const { sender, calls } = aSender('low', 'solo', 'normal', 'critical-large');
  const sent = await sender.send([
    aMessageFor('low', 'low'),
    aMessageFor('high', 'solo'),
    aMessageFor('normal', 'normal'),
    aMessageFor('critical', 'critical-large'),
    aMessageFor('low', 'low'),
  ]);
  expect(sent).toEqual([true, true, true, true, true]);
  expect(calls.map((url) => url.split('/').at(-1))).toEqual(['critical-large', 'solo', 'normal', 'low']);
});

it('fails a message to the queue of a pool that is gone, and sends the others', async () => {
  const { sender } = aSender('normal');
  const messages = [aMessageFor('normal', 'normal-huge'), aMessageFor('normal', 'normal')];
  expect(await sender.send(messages)).toEqual([false, true]);
});
