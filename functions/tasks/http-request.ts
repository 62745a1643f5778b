import * as z from 'zod';
import { httpUrl } from '../../core/contract/http-url.ts';
import { TaskError } from '../../core/task-error.ts';
import { evaluateExpression } from '../shared/expressions/evaluate-expression.ts';
import type { Evaluate } from '../shared/expressions/expression-pool.ts';
import { expressionSchema } from '../shared/expressions/expression-schema.ts';
import { expectedBody, isExpected } from '../shared/http/expected-status.ts';
import { createGuardedClient, type SendHttp } from '../shared/http/guarded-client.ts';
import { HTTP_METHODS, type HttpRequest } from '../shared/http/http-message.ts';
import { loopbackAllowed } from '../shared/http/loopback.ts';
import { requestHeaders } from '../shared/http/request-headers.ts';
import { responseValue } from '../shared/http/response-value.ts';
import { statusFailure } from '../shared/http/status-failure.ts';
import { defineTask } from './define-task.ts';
import type { TaskContext } from './task-context.ts';

const input = z.strictObject({
  url: httpUrl,
  method: z.enum(HTTP_METHODS).default('GET'),
  headers: requestHeaders.optional(),
  /** A string is sent as it is, anything else as JSON. */
  body: z.unknown().optional(),
  expect: z
    .strictObject({
      /** The statuses that succeed, instead of any 2xx. */
      status: z.array(z.int().min(100).max(599)).min(1).max(100).optional(),
      /** JSONata over the output; must be true. */
      expression: expressionSchema.optional(),
    })
    .optional(),
});

type Context = TaskContext<z.output<typeof input>>;

interface Output {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface HttpRequestDependencies {
  readonly send: SendHttp;
  readonly evaluate: Evaluate;
  readonly nowMs: () => number;
}

/** The type `http_request` on given dependencies: one HTTP call; its output is the answer. */
export function httpRequestTask({ send, evaluate, nowMs }: HttpRequestDependencies) {
  return defineTask({
    type: 'http_request',
    input,
    run: async (context) => {
      const expected = context.payload.expect?.status;
      const response = await send(requestOf(context.payload), {
        signal: context.signal,
        isAnswer: ({ status }) => expected?.includes(status) === true,
        bodyLimit: expectedBody(expected),
      });
      if (!isExpected(response.status, expected)) throw statusFailure(response, nowMs(), expected);
      const output = { status: response.status, headers: response.headers, body: responseValue(response) };
      await demand(output, evaluate, context);
      return output;
    },
  });
}

/** Calls public addresses; loopback too where the build is for the stage `local`. */
export const httpRequest = httpRequestTask({
  send: createGuardedClient({ allowLoopback: loopbackAllowed }),
  evaluate: evaluateExpression,
  nowMs: Date.now,
});

function requestOf({ url, method, headers = {}, body }: Context['payload']): HttpRequest {
  const given = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (body === undefined) return { method, url, headers: given };
  const isText = typeof body === 'string';
  const contentType = isText ? 'text/plain; charset=utf-8' : 'application/json';
  return {
    method,
    url,
    headers: { 'content-type': contentType, ...given },
    body: isText ? body : JSON.stringify(body),
  };
}

/**
 * Fails the attempt unless the output is as `expect.expression` says. Another answer may satisfy it, so this is
 * retryable; an expression that takes too much time or memory is not.
 */
async function demand(output: Output, evaluate: Evaluate, { payload, task, signal }: Context): Promise<void> {
  const expression = payload.expect?.expression;
  if (expression === undefined) return;
  const evaluation = await evaluate(expression, JSON.stringify(output), {
    signal,
    attemptSeconds: task.timeout_seconds,
  });
  if (evaluation.ok && evaluation.value === true) return;
  const why = evaluation.ok ? 'is not true for the answer' : `failed: ${evaluation.message}`;
  throw new TaskError('invalid_response', `expect.expression ${why}`, {
    retryable: evaluation.ok || evaluation.reason === 'expression',
    details: { status: output.status, ...(evaluation.ok ? {} : evaluation.details) },
  });
}
