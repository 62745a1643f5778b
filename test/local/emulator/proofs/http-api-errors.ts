import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { httpApi, inlineFunction, role } from '../resources.ts';

const handler = `exports.handler = async ({ rawPath }) => {
  if (rawPath === '/throw') throw new Error('a secret');
  return { statusCode: rawPath === '/odd' ? 'abc' : 201, body: rawPath };
};`;

export const httpApiErrors: Proof = {
  patch: 'http_api_errors',
  states: 'a failing function is 500, a throttled one 503, and neither tells why',
  prove: async (aws) => {
    const name = 'proof-http-errors';
    const output = await aws.createStack(
      name,
      { Role: role(), Function: inlineFunction(handler, { FunctionName: name }), ...httpApi() },
      { Api: { Ref: 'Api' } },
    );
    const get = async (path: string) => {
      const answer = await fetch(`${aws.url}/_aws/execute-api/${output('Api')}/$default${path}`);
      return [answer.status, await answer.text()];
    };

    expect(await get('/fine')).toEqual([201, '/fine']);
    expect(await get('/throw')).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(await get('/odd')).toEqual([500, '{"message":"Internal Server Error"}']);
    await aws.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }),
    );
    expect(await get('/fine')).toEqual([503, '{"message":"Service Unavailable"}']);
  },
};
