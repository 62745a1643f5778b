import { GetFunctionConcurrencyCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { inlineFunction, role } from '../resources.ts';

export const reservedConcurrency: Proof = {
  patch: 'reserved_concurrency',
  states: 'CloudFormation reserves concurrency, which bounds invocations',
  prove: async (aws) => {
    const FunctionName = 'proof-reserved';
    await aws.createStack(
      FunctionName,
      {
        Role: role(),
        Function: inlineFunction('exports.handler = async () => 1;', {
          FunctionName,
          ReservedConcurrentExecutions: 0,
        }),
      },
      {},
    );

    const answer = await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    expect(answer.ReservedConcurrentExecutions).toBe(0);
    expect(await errorOf(aws.lambda.send(new InvokeCommand({ FunctionName })))).toMatchObject({
      name: 'TooManyRequestsException',
    });
  },
};
