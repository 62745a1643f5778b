import * as z from 'zod';
import { findFunction } from '../../core/function-reference.ts';
import { TaskError } from '../../core/task-error.ts';
import { allowedFunctions } from '../shared/lambda/allowed-functions.ts';
import {
  createInvokeFunction,
  type FunctionAnswer,
  type InvokeFunction,
} from '../shared/lambda/invoke-function.ts';
import { defineTask } from './define-task.ts';

export interface LambdaInvokeDependencies {
  readonly invoke: InvokeFunction;
  /** The functions that may be invoked: names and ARNs. */
  readonly allowed: () => readonly string[];
}

/** The type `lambda_invoke` on given dependencies: one synchronous call of a function that the stage allows. */
export function lambdaInvokeTask({ invoke, allowed }: LambdaInvokeDependencies) {
  const functionName = z.string().refine((name) => findFunction(allowed(), name) !== undefined, {
    error: ({ input }) =>
      `${JSON.stringify(input)} is no function that tasks may invoke; choose one of the deployment's list (lambdaInvoke.functions of its stage), or have it added there`,
  });
  const payload = z.unknown().refine((value) => value !== undefined, 'this field is required');
  return defineTask({
    type: 'lambda_invoke',
    input: z.strictObject({ function_name: functionName, payload }),
    run: async ({ payload: { function_name, payload }, signal }) => {
      const reference = findFunction(allowed(), function_name);
      if (reference === undefined) throw notAllowed(function_name);
      const answer = await invoke(reference, payload, signal).catch((error: unknown) => {
        throw invokeFailure(function_name, error);
      });
      return { payload: outputOf(function_name, answer) };
    },
  });
}

/** Invokes the functions that the environment lists. */
export const lambdaInvoke = lambdaInvokeTask({
  invoke: createInvokeFunction(),
  allowed: allowedFunctions,
});

function notAllowed(functionName: string): TaskError {
  return new TaskError('validation_failed', `${functionName} is no function that tasks may invoke`, {
    retryable: false,
  });
}

function outputOf(functionName: string, { payload, functionError }: FunctionAnswer): unknown {
  if (functionError !== undefined) throw functionFailure(functionName, functionError, payload);
  if (payload === '') return null;
  try {
    return JSON.parse(payload);
  } catch {
    throw new TaskError('invalid_response', `the answer of ${functionName} is no JSON`, {
      details: { function_name: functionName, bytes: Buffer.byteLength(payload) },
    });
  }
}

/** Characters of what a function or AWS says that are kept. */
const MAX_TEXT = 1024;

/** The function itself has failed: it threw, ran out of its time or its memory. */
function functionFailure(functionName: string, functionError: string, payload: string): TaskError {
  const { errorMessage, errorType } = errorOf(payload);
  const message = `${functionName} failed: ${errorMessage ?? functionError}`;
  return new TaskError('handler_error', message.slice(0, MAX_TEXT), {
    details: {
      function_name: functionName,
      function_error: functionError,
      ...(errorType === undefined ? {} : { error_type: errorType }),
      ...(errorMessage === undefined ? {} : { error_message: errorMessage }),
    },
  });
}

/** What Lambda's runtimes write of an error; runtimes of one's own may write anything. */
const errorSchema = z.object({
  errorMessage: z.string().catch('').optional(),
  errorType: z.string().catch('').optional(),
});

function errorOf(payload: string): { errorMessage?: string | undefined; errorType?: string | undefined } {
  try {
    const { errorMessage, errorType } = z.parse(errorSchema, JSON.parse(payload));
    return { errorMessage: errorMessage?.slice(0, MAX_TEXT), errorType: errorType?.slice(0, 128) };
  } catch {
    return {};
  }
}

/** What of an error of the SDK tells whether another attempt may succeed. */
interface ServiceError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Of a TooManyRequestsException, as text. */
  readonly retryAfterSeconds?: string;
}

/** The call did not come about: throttled, unavailable and not reached is worth another attempt, refused is not. */
function invokeFailure(functionName: string, error: unknown): TaskError {
  const { name = 'Error', message = '', $metadata, retryAfterSeconds } = Object(error) as ServiceError;
  const status = $metadata?.httpStatusCode;
  const retryable = status === undefined || status === 429 || status >= 500;
  const seconds = Number.parseFloat(retryAfterSeconds ?? '');
  return new TaskError(
    'invoke_failed',
    `${functionName} could not be invoked: ${name}: ${message}`.slice(0, MAX_TEXT),
    {
      retryable,
      details: { function_name: functionName, error: name, ...(status === undefined ? {} : { status }) },
      ...(Number.isNaN(seconds) ? {} : { retryAfterSeconds: seconds }),
      cause: error,
    },
  );
}
