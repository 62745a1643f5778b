import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { table } from '../resources.ts';
import { allow, settingsOfUser } from '../user.ts';

export const iamLeadingKeys: Proof = {
  patch: 'iam_leading_keys',
  states: 'dynamodb:LeadingKeys confines a reader to its own partition keys',
  prove: async (aws) => {
    const TableName = 'proof-leading-keys';
    await aws.createStack('proof-iam-leading-keys', { Table: table({ TableName }) }, {});
    const condition = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['own'] } };
    const statement = allow(['dynamodb:GetItem', 'dynamodb:Query'], '*', condition);
    const dynamodb = new DynamoDBClient(await settingsOfUser(aws, 'proof-leading-keys', [statement]));
    const get = (pk: string) => dynamodb.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }));
    const query = (pk: string) =>
      dynamodb.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': 'pk' },
          ExpressionAttributeValues: { ':pk': { S: pk } },
        }),
      );

    await get('own');
    await query('own');
    expect(await errorOf(get('foreign'))).toMatchObject({ message: expect.stringMatching(/not authorized/) });
    expect(await errorOf(query('foreign'))).toMatchObject({
      message: expect.stringMatching(/not authorized/),
    });
  },
};
