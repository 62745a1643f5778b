import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { inlineFunction, queue, queueMapping, role } from '../resources.ts';
import { allow, settingsOfUser } from '../user.ts';

export const iamSourceMappings: Proof = {
  patch: 'iam_source_mappings',
  states: 'an event source mapping is read and changed by those who may, and by nobody else',
  prove: async (aws) => {
    await aws.createStack(
      'proof-mappings',
      {
        Role: role(),
        Function: inlineFunction('exports.handler = async () => 1;', { FunctionName: 'proof-mappings' }),
        Queue: queue(),
        Mapping: queueMapping(),
      },
      {},
    );
    const list = new ListEventSourceMappingsCommand({ FunctionName: 'proof-mappings' });
    const { EventSourceMappings: [{ UUID } = {}] = [] } = await aws.lambda.send(list);
    const arn = `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${UUID}`;
    const as = async (name: string, action: string) =>
      new LambdaClient(await settingsOfUser(aws, name, [allow(action, arn)]));
    const reader = await as('proof-reader', 'lambda:GetEventSourceMapping');
    const changer = await as('proof-changer', 'lambda:UpdateEventSourceMapping');
    const read = new GetEventSourceMappingCommand({ UUID });
    const disable = new UpdateEventSourceMappingCommand({ UUID, Enabled: false });

    expect(await reader.send(read)).toMatchObject({ State: 'Enabled' });
    expect(await errorOf(reader.send(disable))).toMatchObject({
      message: expect.stringMatching(/not authorized/),
    });
    expect(await changer.send(disable)).toMatchObject({ State: 'Disabled' });
    expect(await errorOf(changer.send(read))).toMatchObject({
      message: expect.stringMatching(/not authorized/),
    });
    expect(await reader.send(read)).toMatchObject({ State: 'Disabled' });
  },
};
