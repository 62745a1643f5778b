import type { Problem } from '../core/contract/problem-schema.ts';
import { TasklaneError } from './tasklane-error.ts';
import { waitMs } from './wait-ms.ts';

export interface TransportOptions {
  /** What stands before `/api/v1`, such as `http://localhost:4566`. */
  readonly baseUrl: string;
  /** An access token, or where to get one for each request. @default only public routes can be called */
  readonly token?: string | (() => Promise<string>);
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** How to wait between tries. @default a timer */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it may be sent again when it is not known what became of it. */
  readonly repeatable: boolean;
  /** Statuses that are answers although they are no successes. @default none */
  readonly alsoAnswers?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** Five tries, with waits of up to 0.2, 0.4, 0.8 and 1.6 s between them. */
const MAX_TRIES = 5;
const FIRST_WAIT_MS = 200;
/** A `Retry-After` above this is not waited for. */
const MAX_RETRY_AFTER_MS = 30_000;
const PASSING = new Set([429, 502, 503, 504]);
/** API Gateway has answered after 30 s, whatever it is. */
const REQUEST_LIMIT_MS = 35_000;

/** Sends calls to the API, again where that can do no harm and may help. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** The JSON of the answer; undefined for one without a body. Throws a TasklaneError for any status that is no success. */
  async call<Answer>(call: ApiCall): Promise<Answer> {
    const { wait = waitMs } = this.#options;
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(call);
      if (outcome.kind === 'answer') return outcome.value as Answer;
      const mayHelp = call.repeatable && isPassing(outcome.error) && tries < MAX_TRIES;
      if (!mayHelp || call.signal?.aborted) throw outcome.error;
      await wait(outcome.retryAfterMs ?? Math.random() * FIRST_WAIT_MS * 2 ** (tries - 1), call.signal);
    }
  }

  /**
   * Sends to a link of the object store, which takes no token; what is put there is the same however often. Throws
   * a TasklaneError for a status that is no success.
   */
  async link(url: string, init: RequestInit): Promise<Response> {
    const { fetch: send = fetch, wait = waitMs } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await send(url, init);
        if (answer.ok) return answer;
        const requestId = answer.headers.get('x-amz-request-id') ?? undefined;
        throw new TasklaneError(answer.status, undefined, requestId);
      } catch (error) {
        if (tries >= MAX_TRIES || !isPassing(error) || init.signal?.aborted) throw error;
        await wait(Math.random() * FIRST_WAIT_MS * 2 ** (tries - 1), init.signal ?? undefined);
      }
    }
  }

  async #try(call: ApiCall): Promise<Outcome> {
    const { baseUrl, fetch: send = fetch } = this.#options;
    const url = `${baseUrl.replace(/\/+$/, '')}/api/v1${call.path}${queryText(call.query)}`;
    const limit = AbortSignal.timeout(REQUEST_LIMIT_MS);
    const headers = await this.#headers(call);
    try {
      const answer = await send(url, {
        method: call.method,
        headers,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]),
      });
      return await outcomeOf(answer, call);
    } catch (error) {
      return { kind: 'error', error };
    }
  }

  async #headers(call: ApiCall): Promise<Record<string, string>> {
    const { token } = this.#options;
    const value = typeof token === 'function' ? await token() : token;
    return {
      accept: 'application/json',
      ...(value === undefined ? {} : { authorization: `Bearer ${value}` }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    };
  }
}

/** Whether the same call may succeed a moment later: the API is busy, or was not reached. */
export function isPassing(error: unknown): boolean {
  return error instanceof TasklaneError ? PASSING.has(error.status) : true;
}

type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  | {
      readonly kind: 'error';
      readonly error: unknown;
      readonly retryAfterMs?: number;
    };

async function outcomeOf(answer: Response, call: ApiCall): Promise<Outcome> {
  const text = await answer.text();
  if (answer.ok || call.alsoAnswers?.includes(answer.status))
    return { kind: 'answer', value: text === '' ? undefined : JSON.parse(text) };
  const requestId = answer.headers.get('x-request-id') ?? undefined;
  const error = new TasklaneError(answer.status, problemIn(text), requestId);
  const retryAfterMs = Number(answer.headers.get('retry-after') ?? Number.NaN) * 1000;
  return {
    kind: 'error',
    error,
    ...(retryAfterMs >= 0 && retryAfterMs <= MAX_RETRY_AFTER_MS ? { retryAfterMs } : {}),
  };
}

function problemIn(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as Partial<Problem> | null;
    return typeof value?.code === 'string' ? (value as Problem) : undefined;
  } catch {
    return undefined;
  }
}

function queryText(query: ApiCall['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}
