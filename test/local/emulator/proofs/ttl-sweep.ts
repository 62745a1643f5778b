import { PutItemCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { inlineFunction, role, streamMapping, table } from '../resources.ts';

const logRemovals = `exports.handler = async ({ Records }) => {
  for (const { eventName, userIdentity, dynamodb } of Records) {
    if (eventName === 'REMOVE') console.log(JSON.stringify({ key: dynamodb.Keys.pk.S, userIdentity }));
  }
};`;

export const ttlSweep: Proof = {
  patch: 'ttl_sweep',
  states: 'an expired item leaves with a REMOVE record of the service, another stays',
  prove: async (aws) => {
    const TableName = 'proof-ttl';
    const resources = {
      Role: role(),
      Table: table({ TableName }),
      Function: inlineFunction(logRemovals, { FunctionName: TableName }),
      Mapping: streamMapping(),
    };
    await aws.createStack(TableName, resources, {});
    const TimeToLiveSpecification = { AttributeName: 'expires_at', Enabled: true };
    await aws.dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    const put = (pk: string, expiresAt: number) =>
      aws.dynamodb.send(
        new PutItemCommand({ TableName, Item: { pk: { S: pk }, expires_at: { N: String(expiresAt) } } }),
      );
    const now = Math.floor(Date.now() / 1000);
    await put('ancient', 1);
    await put('living', now + 3600);
    await put('expired', now - 1);

    await aws.eventually(async () => {
      const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
      expect(await aws.logged(TableName)).toEqual([{ key: 'expired', userIdentity }]);
    });
  },
};
