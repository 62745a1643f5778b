import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { inlineFunction, role } from '../resources.ts';

const throwing = `let calls = 0;
class LaneError extends Error { name = 'LaneError'; }
exports.handler = async () => { calls += 1; throw new LaneError('call ' + calls); };`;

export const handlerErrors: Proof = {
  patch: 'handler_errors',
  states: 'an error keeps its class and its stack, and the process goes on',
  prove: async (aws) => {
    const name = 'proof-handler-errors';
    await aws.createStack(
      name,
      { Role: role(), Function: inlineFunction(throwing, { FunctionName: name }) },
      {},
    );
    expect(await aws.invoke(name)).toMatchObject({
      errorType: 'LaneError',
      errorMessage: 'call 1',
      trace: expect.arrayContaining(['LaneError: call 1']),
    });
    expect(await aws.invoke(name)).toMatchObject({ errorType: 'LaneError', errorMessage: 'call 2' });
  },
};
