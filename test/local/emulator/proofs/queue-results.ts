import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { inlineFunction, queue, queueMapping, role } from '../resources.ts';

const answers = `exports.handler = async ({ Records }) => {
  const { body } = Records[0];
  console.log(JSON.stringify({ body }));
  return { batchItemFailures: body === 'unknown' ? [{ itemIdentifier: 'nobody' }] : null };
};`;

const attributes = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

export const queueResults: Proof = {
  patch: 'queue_results',
  states: 'no failures is success, an unknown identifier fails the whole batch',
  prove: async (aws) => {
    const name = 'proof-queue-results';
    const Mapping = queueMapping({ BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    const resources = {
      Role: role(),
      Queue: queue({ VisibilityTimeout: 600 }),
      Function: inlineFunction(answers, { FunctionName: name }),
      Mapping,
    };
    const output = await aws.createStack(name, resources, { Url: { Ref: 'Queue' } });
    const send = (MessageBody: string) =>
      aws.sqs.send(new SendMessageCommand({ QueueUrl: output('Url'), MessageBody }));
    const counts = async () => {
      const AttributeNames = [...attributes];
      const answer = await aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: output('Url'), AttributeNames }),
      );
      return attributes.map((attribute) => Number(answer.Attributes?.[attribute]));
    };
    const handled = async (count: number) => expect(await aws.logged(name)).toHaveLength(count);

    await send('null');
    await aws.eventually(async () => handled(1));
    await aws.eventually(async () => expect(await counts()).toEqual([0, 0]));
    await send('unknown');
    await aws.eventually(async () => handled(2));
    expect(await counts()).toEqual([0, 1]);
  },
};
