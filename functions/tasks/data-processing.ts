import * as z from 'zod';
import { httpUrl } from '../../core/contract/http-url.ts';
import { TaskError } from '../../core/task-error.ts';
import { evaluateExpression } from '../shared/expressions/evaluate-expression.ts';
import type { FailedEvaluation } from '../shared/expressions/evaluation.ts';
import type { Evaluate } from '../shared/expressions/expression-pool.ts';
import { expressionSchema } from '../shared/expressions/expression-schema.ts';
import { expectedBody, isExpected } from '../shared/http/expected-status.ts';
import { createGuardedClient, type SendHttp } from '../shared/http/guarded-client.ts';
import { loopbackAllowed } from '../shared/http/loopback.ts';
import { responseText } from '../shared/http/response-text.ts';
import { statusFailure } from '../shared/http/status-failure.ts';
import { defineTask } from './define-task.ts';

const input = z
  .strictObject({
    data: z.unknown().optional(),
    data_url: httpUrl.optional(),
    expression: expressionSchema,
  })
  .superRefine((payload, context) => {
    if ((payload.data === undefined) !== (payload.data_url === undefined)) return;
    const found = payload.data === undefined ? 'neither' : 'both';
    context.addIssue({ code: 'custom', message: `give exactly one of data and data_url; found ${found}` });
  });

export interface DataProcessingDependencies {
  readonly send: SendHttp;
  readonly evaluate: Evaluate;
  readonly nowMs: () => number;
}

/** The type `data_processing` on given dependencies: a JSONata expression over data given or fetched. */
export function dataProcessingTask({ send, evaluate, nowMs }: DataProcessingDependencies) {
  return defineTask({
    type: 'data_processing',
    input,
    run: async ({ payload: { data, data_url, expression }, task, signal }) => {
      const text =
        data_url === undefined ? JSON.stringify(data) : await fetchText(data_url, send, nowMs, signal);
      const evaluation = await evaluate(expression, text, { signal, attemptSeconds: task.timeout_seconds });
      if (!evaluation.ok) throw failureOf(evaluation);
      return { result: evaluation.value };
    },
  });
}

/** Fetches from public addresses; from loopback too where the build is for the stage `local`. */
export const dataProcessing = dataProcessingTask({
  send: createGuardedClient({ allowLoopback: loopbackAllowed }),
  evaluate: evaluateExpression,
  nowMs: Date.now,
});

async function fetchText(
  url: string,
  send: SendHttp,
  nowMs: () => number,
  signal: AbortSignal,
): Promise<string> {
  const response = await send(
    { method: 'GET', url, headers: { accept: 'application/json' } },
    { signal, bodyLimit: expectedBody() },
  );
  if (!isExpected(response.status)) throw statusFailure(response, nowMs());
  return responseText(response);
}

/** The same expression over the same data fails again, so it is not retried; data that is no JSON may change. */
function failureOf({ reason, message, details }: FailedEvaluation): TaskError {
  if (reason === 'input')
    return new TaskError('invalid_response', `the data at data_url is no JSON: ${message}`);
  return new TaskError('expression_failed', `the expression failed: ${message}`, {
    retryable: false,
    ...(details === undefined ? {} : { details }),
  });
}
