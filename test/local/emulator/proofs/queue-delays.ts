import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { inlineFunction, queue, queueMapping, role } from '../resources.ts';

const MESSAGES = 10;
/** So far apart are the messages sent that each shows alone: whoever looks once a second gets two or three batches. */
const APART_MS = 150;
const MORE_THAN_LOOKS = 5;

const logBodies = `exports.handler = async ({ Records }) =>
  console.log(JSON.stringify({ bodies: Records.map(({ body }) => body) }));`;

export const queueDelays: Proof = {
  patch: 'queue_delays',
  states: 'a delayed message is received as soon as it shows, not at the next look',
  prove: async (aws) => {
    const name = 'proof-queue-delays';
    const resources = {
      Role: role(),
      Queue: queue(),
      Function: inlineFunction(logBodies, { FunctionName: name }),
      Mapping: queueMapping({ BatchSize: 10 }),
    };
    const output = await aws.createStack(name, resources, { Url: { Ref: 'Queue' } });
    let number = 0;
    // A machine that stands still meanwhile shows nothing: another try does.
    await aws.eventually(async () => {
      number += 1;
      const MessageBody = String(number);
      for (let sent = 0; sent < MESSAGES; sent += 1) {
        const message = { QueueUrl: output('Url'), MessageBody, DelaySeconds: 1 };
        await aws.sqs.send(new SendMessageCommand(message));
        await pause(APART_MS);
      }
      const batches = await aws.eventually(async () => {
        const logged = (await aws.logged(name)).map(({ bodies }) => bodies as string[]);
        const own = logged.filter(([body]) => body === MessageBody);
        expect(own.flat()).toHaveLength(MESSAGES);
        return own;
      });
      expect(batches.length).toBeGreaterThanOrEqual(MORE_THAN_LOOKS);
    });
  },
};
