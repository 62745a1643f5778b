import type { Socket } from 'node:net';
import type { HttpHeaders, HttpRequest, ResponseHead } from './http-message.ts';

/** Opens the one connection of an exchange. */
export type OpenSocket = (url: URL) => Promise<Socket>;

/** Takes an answer; the connection is closed when it is done. */
export type Consume<Result> = (head: ResponseHead, body: AsyncIterable<Uint8Array>) => Promise<Result>;

/** What is sent unless the caller says otherwise. */
const DEFAULT_HEADERS: HttpHeaders = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br',
  'user-agent': 'tasklane',
};

/**
 * Sends one request over a connection of its own and closes it.
 *
 * No connection is kept for the next request: a function that was frozen in between finds it dead, and one
 * caller's connection must not carry what another one sends. The signal is the only clock: undici's own waits
 * for headers and body (300 s) would end attempts that may run for 900 s.
 */
export async function exchange<Result>(
  request: HttpRequest,
  open: OpenSocket,
  signal: AbortSignal,
  consume: Consume<Result>,
): Promise<Result> {
  // Here and not above, since functions that only validate payloads import this file too. As a bundle, a
  // CommonJS package has its default export alone.
  const { Client } = (await import('undici')).default;
  const url = new URL(request.url);
  const client = new Client(url.origin, {
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_, callback) => {
      open(url).then(
        (socket) => callback(null, socket),
        (error) => callback(error, null),
      );
    },
  });
  try {
    const response = await client.request({
      method: request.method,
      path: url.pathname + url.search,
      headers: { ...DEFAULT_HEADERS, ...request.headers },
      body: request.body ?? null,
      reset: true,
      signal,
    });
    // A body that nobody reads to its end fails when the client is destroyed below.
    response.body.on('error', () => {});
    return await consume({ status: response.statusCode, headers: joined(response.headers) }, response.body);
  } finally {
    client.destroy().catch(() => {});
  }
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
