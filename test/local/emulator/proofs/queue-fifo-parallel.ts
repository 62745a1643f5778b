import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { inlineFunction, queue, queueMapping, role } from '../resources.ts';

/** Says when it has ended, which for what is slow is a second later. */
const logEnd = `exports.handler = async ({ Records: [{ body }] }) => {
  if (body.startsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 1000));
  console.log(JSON.stringify({ ended: body }));
};`;

export const queueFifoParallel: Proof = {
  patch: 'queue_fifo_parallel',
  states: 'a group of a FIFO queue does not wait for another group, and each is served in its order',
  prove: async (aws) => {
    const name = 'proof-queue-fifo-parallel';
    const fifo = queue({ QueueName: `${name}.fifo`, FifoQueue: true });
    const outputs = { Url: { Ref: 'Queue' }, Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } };
    const output = await aws.createStack(`${name}-queue`, { Queue: fifo }, outputs);
    const bodies = ['slow of a', 'second of a', 'first of b'];
    await aws.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: output('Url'),
        Entries: bodies.map((body, index) => ({
          Id: String(index),
          MessageBody: body,
          MessageGroupId: body.slice(-1),
          MessageDeduplicationId: body.replaceAll(' ', '-'),
        })),
      }),
    );
    const resources = {
      Role: role(),
      Function: inlineFunction(logEnd, { FunctionName: name }),
      Mapping: queueMapping({
        EventSourceArn: output('Arn'),
        BatchSize: 1,
        ScalingConfig: { MaximumConcurrency: 2 },
      }),
    };
    await aws.createStack(name, resources, {});
    await aws.eventually(async () => {
      const ended = (await aws.logged(name)).map((line) => line.ended);
      expect(ended).toEqual(['first of b', 'slow of a', 'second of a']);
    });
  },
};
