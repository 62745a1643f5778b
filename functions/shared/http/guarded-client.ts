import type { Socket } from 'node:net';
import { urlProblem } from '../../../core/contract/http-url.ts';
import { TaskError } from '../../../core/task-error.ts';
import { checkedAddresses, type Resolve, systemResolve } from './checked-addresses.ts';
import { type Connect, pinnedConnect } from './connect-pinned.ts';
import { exchange } from './exchange.ts';
import type { HttpRequest, HttpResponse, ResponseHead } from './http-message.ts';
import { MAX_REDIRECTS } from './limits.ts';
import { redirectedRequest } from './redirect.ts';
import { type BodyLimit, readBody } from './response-body.ts';

export interface GuardedClientOptions {
  /** Whether loopback may be called; give it `loopbackAllowed` and nothing else. @default false */
  readonly allowLoopback?: boolean;
  /** @default the system's resolver */
  readonly resolve?: Resolve;
  /** @default connects to the checked addresses in turn */
  readonly connect?: Connect;
}

export interface SendOptions {
  /** Ends the request and closes its connection at once; the only limit of time. */
  readonly signal: AbortSignal;
  /** How much of an answer's body is wanted. */
  readonly bodyLimit: (head: ResponseHead) => BodyLimit;
  /** Whether a redirect is itself the answer that is wanted. @default never */
  readonly isAnswer?: (head: ResponseHead) => boolean;
}

/**
 * Sends a request and reads the answer, whatever its status.
 *
 * @throws TaskError `address_refused` (not retryable) for a host that may not be called, at first or by a
 *   redirect; `invalid_response` for one redirect too many, to a place that is no URL, or a body that is too
 *   long or broken; `handler_error` (retryable) if the network fails. An abort throws the signal's reason.
 */
export type SendHttp = (request: HttpRequest, options: SendOptions) => Promise<HttpResponse>;

/**
 * Makes the one HTTP client of the platform, which calls public addresses only.
 *
 * The check lies in the opening of the connection itself: each connection resolves its host once, checks every
 * address, and connects to those, so there is no moment at which a name could change. No proxy is used and none
 * of its variables are read. Making a client opens nothing.
 */
export function createGuardedClient(options: GuardedClientOptions = {}): SendHttp {
  const { allowLoopback = false, resolve = systemResolve, connect = pinnedConnect() } = options;

  const open = async (url: URL, signal: AbortSignal): Promise<Socket> => {
    const secure = url.protocol === 'https:';
    const addresses = await orAbort(checkedAddresses(url.hostname, resolve, { allowLoopback }), signal);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
    return connect({ secure, hostname, port, addresses }, signal);
  };

  return async (request, { signal, bodyLimit, isAnswer = () => false }) => {
    const problem = urlProblem(request.url);
    if (problem !== undefined) throw new TaskError('invalid_url', `the URL ${problem}`, { retryable: false });
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const sent = current;
      const answer = await attempt(sent, signal, () =>
        exchange<HttpResponse | { readonly next: HttpRequest }>(
          sent,
          (url) => open(url, signal),
          signal,
          async (head, body) => {
            const next = isAnswer(head) ? undefined : redirectedRequest(sent, head);
            if (next !== undefined) return { next };
            const { bytes, cut } = await readBody(body, head, bodyLimit(head));
            return { ...head, url: sent.url, body: bytes, cut };
          },
        ),
      );
      if (!('next' in answer)) return answer;
      if (redirects === MAX_REDIRECTS) throw tooManyRedirects(request.url);
      current = answer.next;
    }
  };
}

/** Runs one exchange, and says of whatever goes wrong what it is. */
async function attempt<Result>(
  request: HttpRequest,
  signal: AbortSignal,
  run: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TaskError) throw error;
    const reason = reasonOf(error);
    throw new TaskError(
      'handler_error',
      `${request.method} ${new URL(request.url).origin} failed: ${reason}`,
      {
        details: { reason },
        cause: error,
      },
    );
  }
}

/** The promise's outcome, or the signal's reason as soon as it aborts. */
function orAbort<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** An AggregateError (all addresses failed) has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function tooManyRedirects(url: string): TaskError {
  return new TaskError(
    'invalid_response',
    `${new URL(url).origin} redirects more than ${MAX_REDIRECTS} times`,
    {
      retryable: false,
      details: { limit: MAX_REDIRECTS },
    },
  );
}
