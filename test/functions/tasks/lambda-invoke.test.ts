import { describe, expect, it } from 'vitest';
import type { FunctionReference } from '../../../core/function-reference.ts';
import { allowedFunctions } from '../../../functions/shared/lambda/allowed-functions.ts';
import type { FunctionAnswer } from '../../../functions/shared/lambda/invoke-function.ts';
import { lambdaInvokeTask } from '../../../functions/tasks/lambda-invoke.ts';
import { payloadProblems, taskContext } from '../../support/task-context.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:ledger';

function setup(answer: () => Promise<FunctionAnswer>) {
  const calls: { reference: FunctionReference; payload: unknown; signal: AbortSignal }[] = [];
  const task = lambdaInvokeTask({
    allowed: () => ['billing', 'reports:live', ARN],
    invoke: async (reference, payload, signal) => {
      calls.push({ reference, payload, signal });
      return await answer();
    },
  });
  const call = async (function_name = 'billing', payload: unknown = { n: 1 }) =>
    await task.run(taskContext(task, { function_name, payload }));
  return { task, call, calls };
}

const answering = (payload: string, functionError?: string) =>
  setup(async () => ({ payload, ...(functionError === undefined ? {} : { functionError }) }));

const rejecting = (name: string, status?: number, more: object = {}) =>
  setup(() =>
    Promise.reject(
      Object.assign(new Error('told by AWS'), {
        name,
        $metadata: status === undefined ? {} : { httpStatusCode: status },
        ...more,
      }),
    ),
  );

describe('lambda_invoke', () => {
  it.each([
    ['{"sum":3}', { sum: 3 }],
    ['null', null],
    ['', null],
  ])('answers with the payload %j of the function', async (text, payload) => {
    expect(await answering(text).call()).toEqual({ payload });
  });

  it('passes on the payload and its signal', async () => {
    const { call, calls } = answering('1');
    await call('billing', [null, 'ä']);
    expect(calls).toMatchObject([
      { reference: { functionName: 'billing' }, payload: [null, 'ä'], signal: { aborted: false } },
    ]);
  });

  it.each([
    ['reports:live', { functionName: 'reports', name: 'reports', qualifier: 'live' }],
    [ARN, { functionName: ARN, region: 'eu-west-1', name: 'ledger' }],
    ['ledger', { functionName: ARN, region: 'eu-west-1', name: 'ledger' }],
  ])('invokes what the list means by %s', async (name, reference) => {
    const { call, calls } = answering('1');
    await call(name);
    expect(calls[0]?.reference).toEqual(reference);
  });

  it('fails, to be tried again, with what the function says of its error', async () => {
    const text = JSON.stringify({ errorType: 'RangeError', errorMessage: 'no such month', trace: ['…'] });
    await expect(answering(text, 'Unhandled').call()).rejects.toMatchObject({
      code: 'handler_error',
      message: 'billing failed: no such month',
      retryable: true,
      details: {
        function_name: 'billing',
        function_error: 'Unhandled',
        error_type: 'RangeError',
        error_message: 'no such month',
      },
    });
  });

  it.each(['no JSON', '"text"', '{}', '{"errorMessage":7}'])(
    'fails with a function whose error is %s',
    async (text) => {
      await expect(answering(text, 'Handled').call()).rejects.toMatchObject({
        code: 'handler_error',
        retryable: true,
        details: { function_name: 'billing', function_error: 'Handled' },
      });
    },
  );

  it('fails with an answer that is no JSON', async () => {
    await expect(answering('<html>').call()).rejects.toMatchObject({ code: 'invalid_response' });
  });

  it.each([
    ['TooManyRequestsException', 429, true],
    ['ServiceException', 500, true],
    ['EC2ThrottledException', 502, true],
    ['ResourceNotFoundException', 404, false],
    ['AccessDeniedException', 403, false],
    ['RequestTooLargeException', 413, false],
    ['TimeoutError', undefined, true],
  ])('fails with %s of Lambda (%s); another attempt: %s', async (name, status, retryable) => {
    await expect(rejecting(name, status).call()).rejects.toMatchObject({
      code: 'invoke_failed',
      message: `billing could not be invoked: ${name}: told by AWS`,
      retryable,
      details: { function_name: 'billing', error: name },
    });
  });

  it('waits as long as Lambda asks for', async () => {
    const { call } = rejecting('TooManyRequestsException', 429, { retryAfterSeconds: '10' });
    await expect(call()).rejects.toMatchObject({ retryAfterSeconds: 10 });
  });

  it.each([
    ['a function that is not on the list', { function_name: 'other', payload: 1 }, '/function_name'],
    ['another alias of one that is', { function_name: 'reports:next', payload: 1 }, '/function_name'],
    ['one without its alias', { function_name: 'reports', payload: 1 }, '/function_name'],
    ['no function', { payload: 1 }, '/function_name'],
    ['no payload', { function_name: 'billing' }, '/payload'],
    ['a field that is unknown', { function_name: 'billing', payload: 1, qualifier: 'x' }, ''],
  ])('fails for %s', (_, payload, path) => {
    const { task } = answering('1');
    expect(payloadProblems(task, payload).map(([found]) => found)).toEqual([path]);
  });

  it('fails for a function that was taken off the list meanwhile', async () => {
    const list = ['billing'];
    const task = lambdaInvokeTask({ allowed: () => list, invoke: async () => ({ payload: '1' }) });
    const context = taskContext(task, { function_name: 'billing', payload: 1 });
    list.pop();
    await expect(Promise.resolve(task.run(context))).rejects.toMatchObject({
      code: 'validation_failed',
      retryable: false,
    });
  });
});

describe('the list of the deployment', () => {
  it('is read from the environment', () => {
    expect(allowedFunctions({ LAMBDA_INVOKE_FUNCTIONS: '["a","b"]' })).toEqual(['a', 'b']);
    expect(allowedFunctions({})).toEqual([]);
  });

  it('fails to be what is no list of texts', () => {
    expect(() => allowedFunctions({ LAMBDA_INVOKE_FUNCTIONS: '[1]' })).toThrow();
  });
});
