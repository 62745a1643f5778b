import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { inlineFunction, queue, queueMapping, role } from '../resources.ts';

const logSize =
  'exports.handler = async ({ Records }) => console.log(JSON.stringify({ size: Records.length }));';

export const queueBatches: Proof = {
  patch: 'queue_batches',
  states: 'a batching window collects more than ten messages into one batch',
  prove: async (aws) => {
    const name = 'proof-queue-batches';
    const outputs = { Url: { Ref: 'Queue' }, Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } };
    const output = await aws.createStack(`${name}-queue`, { Queue: queue() }, outputs);
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'a' }));
    for (let batch = 0; batch < 3; batch += 1) {
      await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: output('Url'), Entries }));
    }
    const resources = {
      Role: role(),
      Function: inlineFunction(logSize, { FunctionName: name }),
      Mapping: queueMapping({
        EventSourceArn: output('Arn'),
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
      }),
    };
    await aws.createStack(name, resources, {});

    await aws.eventually(async () => expect(await aws.logged(name)).toEqual([{ size: 30 }]));
  },
};
