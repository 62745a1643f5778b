import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { allow, settingsOfUser } from '../user.ts';

export const iamSqsBatches: Proof = {
  patch: 'iam_sqs_batches',
  states: 'sqs:SendMessage allows SendMessageBatch, on that queue only',
  prove: async (aws) => {
    const { QueueUrl: granted } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'proof-granted' }));
    const { QueueUrl: other } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'proof-other' }));
    const statement = allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:000000000000:proof-granted');
    const sqs = new SQSClient(await settingsOfUser(aws, 'proof-sqs-batches', [statement]));
    const Entries = [{ Id: 'a', MessageBody: 'a' }];

    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: granted, Entries }));
    expect(sent.Successful).toHaveLength(1);
    expect(await errorOf(sqs.send(new SendMessageBatchCommand({ QueueUrl: other, Entries })))).toMatchObject({
      message: expect.stringMatching(/not authorized/),
    });
  },
};
