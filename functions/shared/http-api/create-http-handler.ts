import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Operation } from '../../../core/contract/routes.ts';
import { DomainError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import { type Answer, renderAnswer } from './answer.ts';
import type { ApiRequest, Handlers } from './api-request.ts';
import { type ClaimNames, callerOf, demandRole } from './caller.ts';
import { checkRequest } from './check-request.ts';
import { matchRoute } from './match-route.ts';
import { problemAnswer } from './problem-answer.ts';
import { demandNoFields, jsonBodyOf } from './request-body.ts';

/** Where a request is told of; never its body or its token. */
export interface RequestLog {
  info(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

export interface HttpDeps {
  /** How to read tokens. @default only public routes can be called */
  readonly claims?: ClaimNames;
  readonly clock: Clock;
  readonly log: RequestLog;
}

/** What is known of a request, for its one line in the log. */
interface Seen {
  route?: string;
  tenant?: string;
  task_id?: string;
}

type AnyHandler = (request: { readonly [Part in keyof ApiRequest]: unknown }) => Promise<Answer>;

/**
 * The Lambda handler of a function that serves some operations: finds the route, checks role and input, words
 * every answer, and writes one line to the log. Nothing that is thrown gets past it.
 */
export function createHttpHandler<Name extends Operation>(deps: HttpDeps, handlers: Handlers<Name>) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const startMs = deps.clock.monotonicMs();
    const { requestId, http } = event.requestContext;
    const seen: Seen = {};
    const answer = await serve(deps, handlers, event, seen).catch((error: unknown) => {
      const problem = problemAnswer(error, requestId);
      if (problem.status >= 500) deps.log.error('a request failed', { request_id: requestId, error });
      return problem;
    });
    const latency_ms = Math.round(deps.clock.monotonicMs() - startMs);
    const { method } = http;
    deps.log.info('request', { request_id: requestId, method, status: answer.status, latency_ms, ...seen });
    return renderAnswer(answer, requestId);
  };
}

async function serve<Name extends Operation>(
  deps: HttpDeps,
  handlers: Handlers<Name>,
  event: APIGatewayProxyEventV2,
  seen: Seen,
): Promise<Answer> {
  const match = matchRoute(event.requestContext.http.method, event.rawPath);
  const { roles, path, body } = match.route;
  seen.route = path;
  const handler = (handlers as Partial<Record<Operation, AnyHandler>>)[match.operation];
  if (handler === undefined) throw new DomainError('not_found', `${path} is not served by this function`);

  const caller = roles === 'public' ? undefined : callerOf(event, deps.claims);
  if (caller !== undefined && roles !== 'public') {
    seen.tenant = caller.tenant;
    demandRole(caller, roles);
  }
  const checked = checkRequest(match, event);
  noteTask(seen, checked.params);
  // Others have a body by accident, if at all.
  if (!body && match.route.method === 'POST') demandNoFields(event);
  const answer = await handler({
    ...checked,
    tenant: caller?.tenant ?? '',
    isAdmin: caller?.roles.has('admin') ?? false,
    headers: event.headers,
    body: body ? jsonBodyOf(event) : undefined,
    receivedAtMs: event.requestContext.timeEpoch,
  });
  noteTask(seen, answer.body);
  return answer;
}

function noteTask(seen: Seen, from: unknown): void {
  if (typeof from !== 'object' || from === null) return;
  const { task_id } = from as { task_id?: unknown };
  if (typeof task_id === 'string') seen.task_id = task_id;
}
