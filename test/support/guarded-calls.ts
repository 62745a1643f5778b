import { connect } from 'node:net';
import type { Resolve } from '../../functions/shared/http/checked-addresses.ts';
import type { Connect, ConnectTarget } from '../../functions/shared/http/connect-pinned.ts';
import type { SendHttp } from '../../functions/shared/http/guarded-client.ts';
import type { HttpRequest } from '../../functions/shared/http/http-message.ts';
import type { LoopbackServer } from './loopback-server.ts';

/** A public address that no test connects to. */
export const PUBLIC_ADDRESS = '203.0.114.7';

/** Answers from a table whose lists of answers are used up one by one, the last staying. */
export function resolver(
  table: Record<string, readonly (readonly string[])[]>,
): Resolve & { readonly asked: string[] } {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    const answers = table[name] ?? [];
    const answer = answers[Math.min(asked.filter((each) => each === name).length, answers.length) - 1];
    if (answer === undefined) throw new Error(`getaddrinfo ENOTFOUND ${name}`);
    return answer;
  };
  return Object.assign(resolve, { asked });
}

/** Records where it should connect to, and connects to the server instead, whatever that was. */
export function recorder(server?: LoopbackServer): Connect & { readonly targets: ConnectTarget[] } {
  const targets: ConnectTarget[] = [];
  const record = (target: ConnectTarget) => {
    targets.push(target);
    if (server === undefined) return Promise.reject(new Error('no test connects here'));
    return Promise.resolve(connect(server.port, '127.0.0.1'));
  };
  return Object.assign(record, { targets });
}

/** One GET, or what the request says, of an answer up to 1 MB. */
export function get(
  send: SendHttp,
  url: string,
  request: Partial<HttpRequest> = {},
  signal = AbortSignal.timeout(10_000),
) {
  return send(
    { method: 'GET', url, headers: {}, ...request },
    { signal, bodyLimit: () => ({ bytes: 1_000_000, beyond: 'fail' }) },
  );
}
