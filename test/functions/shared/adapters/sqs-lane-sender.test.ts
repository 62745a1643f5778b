import { type SendMessageBatchRequestEntry, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../../core/ports.ts';
import { SqsLaneSender } from '../../../../functions/shared/adapters/sqs-lane-sender.ts';
import { NOW_MS } from '../../../support/builders.ts';
import { FixedClock } from '../../../support/fixed-clock.ts';

type Input = { QueueUrl: string; Entries: readonly SendMessageBatchRequestEntry[] };

/** A sender whose queues take everything, and the queues in the order of their calls. */
function aSender(...queues: string[]) {
  const calls: string[] = [];
  const inputs: Input[] = [];
  const refused = new Set<string>();
  const client = new SQSClient({ region: 'us-east-1' });
  client.send = async ({ input }: { input: Input }) => {
    calls.push(input.QueueUrl);
    inputs.push(input);
    return {
      Successful: input.Entries.filter(
        ({ MessageBody = '' }) => !refused.has(JSON.parse(MessageBody).task_id),
      ),
    };
  };
  const queueUrls = Object.fromEntries(queues.map((name) => [name, `https://sqs/1/${name}`]));
  const clock = new FixedClock(NOW_MS);
  return { calls, inputs, refused, sender: new SqsLaneSender({ client, queueUrls, clock, random: () => 0 }) };
}

const aMessageFor = (lane: OutgoingMessage['lane'], queue: OutgoingMessage['queue']): OutgoingMessage => ({
  task_id: 'task-1',
  generation: 1,
  delaySeconds: 0,
  lane,
  queue,
  group: 'group',
});

const anOrderedMessage = (task_id: string, group: string): OutgoingMessage => ({
  task_id,
  generation: 1,
  lane: group === 'a' ? 'normal' : 'low',
  queue: 'ordered',
  group,
  delaySeconds: 0,
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

it('tells a lane whose message it is, and wakes by a mark of its own', async () => {
  const { sender, inputs } = aSender('normal');
  const message = aMessageFor('normal', 'normal');
  await sender.send([message, { ...message, delaySeconds: 7, wake: true }]);
  expect(inputs[0]?.Entries).toEqual([
    {
      Id: '0',
      MessageBody: '{"task_id":"task-1","generation":1}',
      DelaySeconds: 0,
      MessageGroupId: 'group',
    },
    {
      Id: '1',
      MessageBody: '{"task_id":"task-1","generation":1,"wake":true}',
      DelaySeconds: 7,
      MessageGroupId: 'group',
    },
  ]);
});

describe('the ordered queue', () => {
  it('gets the messages of a group one after the other, those of several groups together', async () => {
    const { sender, inputs } = aSender('ordered');
    const messages = [
      anOrderedMessage('a-1', 'a'),
      anOrderedMessage('a-2', 'a'),
      anOrderedMessage('b-1', 'b'),
      anOrderedMessage('a-3', 'a'),
    ];
    // A key's order knows no lanes.
    messages[1] = { ...anOrderedMessage('a-2', 'a'), lane: 'critical' };
    expect(await sender.send(messages)).toEqual([true, true, true, true]);
    const rounds = inputs.map(({ Entries }) =>
      Entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId),
    );
    expect(rounds).toEqual([['a-1:1', 'b-1:1'], ['a-2:1'], ['a-3:1']]);
    expect(inputs[0]?.Entries[0]).toEqual({
      Id: '0',
      MessageBody: '{"task_id":"a-1","generation":1}',
      MessageGroupId: 'a',
      MessageDeduplicationId: 'a-1:1',
    });
  });

  it('gets none behind one that is not confirmed, and the other groups whole', async () => {
    const { sender, refused, inputs } = aSender('ordered');
    refused.add('a-1');
    const messages = ['a-1', 'a-2', 'b-1', 'b-2'].map((id) => anOrderedMessage(id, id.charAt(0)));
    expect(await sender.send(messages)).toEqual([false, false, true, true]);
    const bodies = inputs.flatMap(({ Entries }) => Entries.map(({ MessageBody }) => MessageBody));
    expect(bodies.some((body) => body?.includes('a-2'))).toBe(false);
  });
});
