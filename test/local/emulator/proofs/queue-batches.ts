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
    const Mapping = queueMapping({ BatchSize: 100, MaximumBatchingWindowInSeconds: 2 });
    const resources = {
      Role: role(),
      Queue: queue(),
      Function: inlineFunction(logSize, { FunctionName: name }),
      Mapping,
    };
    const output = await aws.createStack(name, resources, { Url: { Ref: 'Queue' } });
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'a' }));
    for (let batch = 0; batch < 3; batch += 1) {
      await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: output('Url'), Entries }));
    }

    await aws.eventually(async () => expect(await aws.logged(name)).toEqual([{ size: 30 }]));
  },
};
