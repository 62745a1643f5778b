import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { OPERATIONS } from '../../core/contract/operations.ts';
import { problemSchema } from '../../core/contract/problem-schema.ts';
import type { ProblemCode } from '../../core/contract/problems.ts';
import { matchRoute } from '../../functions/shared/http-api/match-route.ts';

/** What any operation with a token may answer, so that none names it. */
const COMMON: readonly ProblemCode[] = ['unauthorized', 'forbidden', 'internal_error'];

/** Throws for an answer that is not what the OpenAPI document says of its operation: status, headers, body. */
export function demandDocumented(
  event: APIGatewayProxyEventV2,
  answer: APIGatewayProxyStructuredResultV2,
): void {
  const { statusCode = 0, headers = {}, body = '' } = answer;
  if (headers['x-request-id'] === undefined) throw new Error('the answer has no x-request-id');
  const operation = operationOf(event);
  if (operation === undefined) return;
  const wrong = (what: string) => new Error(`${operation} answers ${statusCode}, but ${what}`);
  if (headers['content-type'] === 'application/problem+json') {
    const problem = z.parse(problemSchema, JSON.parse(body));
    const codes: readonly string[] = [...COMMON, ...OPERATIONS[operation].problems];
    if (!codes.includes(problem.code)) throw wrong(`${problem.code} is not documented`);
    if (problem.status !== statusCode) throw wrong(`its body says ${problem.status}`);
    return;
  }
  const documented = OPERATIONS[operation].answers[statusCode];
  if (documented === undefined) throw wrong('that status is not documented');
  const { content, hasLocation = false, hasEtag = false } = documented;
  if (!hasLocation && headers.location !== undefined) throw wrong('its Location is not documented');
  if (hasEtag !== (headers.etag !== undefined)) throw wrong('its ETag is not as documented');
  if (content === undefined && body !== '') throw wrong('a body is not documented');
  if (content !== undefined && typeof content !== 'string') z.parse(content, JSON.parse(body));
}

/** The operation of a request; undefined for a path or a method that the API does not know. */
function operationOf({ requestContext, rawPath }: APIGatewayProxyEventV2) {
  try {
    return matchRoute(requestContext.http.method, rawPath).operation;
  } catch {
    return undefined;
  }
}
