import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CONNECT_TIMEOUT_SECONDS } from './limits.ts';

/** Where a connection must go. */
export interface ConnectTarget {
  readonly secure: boolean;
  /** The name or address in the URL, for SNI and the certificate. */
  readonly hostname: string;
  readonly port: number;
  /** The addresses that were checked; the connection goes to one of them, without asking any resolver again. */
  readonly addresses: readonly string[];
}

/** Opens a connection, ready for HTTP. Closes it, whether open or not, when the signal aborts. */
export type Connect = (target: ConnectTarget, signal: AbortSignal) => Promise<Socket>;

export interface PinnedConnectOptions {
  /** Authorities to trust instead of the system's, PEM. @default the system's */
  readonly ca?: string;
  /** @default CONNECT_TIMEOUT_SECONDS */
  readonly timeoutSeconds?: number;
}

/** Connects to the checked addresses, in their order, the next being tried when one does not answer. */
export function pinnedConnect(options: PinnedConnectOptions = {}): Connect {
  const { ca, timeoutSeconds = CONNECT_TIMEOUT_SECONDS } = options;
  return ({ secure, hostname, port, addresses }, signal) => {
    const to = { host: hostname, port, lookup: lookupPinned(addresses), autoSelectFamily: true };
    const named = isIP(hostname) === 0 ? { servername: hostname } : {};
    // NODE_TLS_REJECT_UNAUTHORIZED is no way around the certificate's check.
    const tls = { ...to, ...named, ...(ca === undefined ? {} : { ca }), rejectUnauthorized: true };
    const socket = secure ? connectTls({ ...tls, ALPNProtocols: ['http/1.1'] }) : connectTcp(to);
    return opened(socket, secure ? 'secureConnect' : 'connect', timeoutSeconds, signal);
  };
}

function opened(socket: Socket, event: string, timeoutSeconds: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    const late = () => socket.destroy(new Error(`no connection within ${timeoutSeconds} s`));
    const timer = setTimeout(late, timeoutSeconds * 1000);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.on('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      reject(new Error('the connection was closed before it was open'));
    });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

/** Answers the checked addresses to whatever is looked up. */
function lookupPinned(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, callback) => {
    if (options.all === true) return callback(null, answers);
    callback(null, answers[0]?.address ?? '', answers[0]?.family ?? 0);
  };
}
