import { urlProblem } from '../../../core/contract/http-url.ts';
import { TaskError } from '../../../core/task-error.ts';
import type { HttpRequest, ResponseHead } from './http-message.ts';

const REDIRECTS = [301, 302, 303, 307, 308];

/** Headers that describe a body, and go with it. */
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-location', 'content-type'];

/** Names under which people send what only the first origin may see. */
const CREDENTIAL = /auth|cookie|credential|key|password|passwd|secret|session|signature|token/i;

/**
 * The request that an answer redirects to, by the rules of fetch: 303 becomes GET, so does a POST after 301 and
 * 302; then the body goes. Credentials go when the origin (scheme, host, port) changes. Undefined if the answer
 * is no redirect.
 *
 * @throws TaskError `invalid_response` if the target is no http or https URL without credentials.
 */
export function redirectedRequest(request: HttpRequest, head: ResponseHead): HttpRequest | undefined {
  const location = head.headers.location;
  if (!REDIRECTS.includes(head.status) || location === undefined) return undefined;
  const url = targetOf(location, request.url);
  const sameOrigin = url.origin === new URL(request.url).origin;
  const toGet = becomesGet(request, head.status);
  const headers = Object.entries(request.headers).filter(
    ([name]) => !(toGet && BODY_HEADERS.includes(name)) && (sameOrigin || !CREDENTIAL.test(name)),
  );
  return {
    method: toGet ? 'GET' : request.method,
    url: url.href,
    headers: Object.fromEntries(headers),
    ...(toGet || request.body === undefined ? {} : { body: request.body }),
  };
}

function becomesGet({ method }: HttpRequest, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return method === 'POST' && (status === 301 || status === 302);
}

function targetOf(location: string, base: string): URL {
  const url = URL.canParse(location, base) ? new URL(location, base) : undefined;
  const problem = url === undefined ? 'is no URL' : urlProblem(url.href);
  if (url !== undefined && problem === undefined) return url;
  throw new TaskError('invalid_response', `${new URL(base).origin} redirects to a place that ${problem}`, {
    retryable: false,
  });
}
