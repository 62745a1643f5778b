import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TaskError } from '../../../core/task-error.ts';
import { type AddressPolicy, refusedRange } from './refused-range.ts';

/** Answers all addresses of a name. Throws when it has none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Asks the system's resolver, hosts file included. */
export const systemResolve: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * The addresses of a URL's host, every one of them checked; nothing else may be connected to.
 *
 * @throws TaskError `address_refused`, not retryable, if any single one is refused: a name with one public and
 *   one private address is an attack or a mistake, and which of the two would be taken is chance.
 */
export async function checkedAddresses(
  hostname: string,
  resolve: Resolve,
  policy: AddressPolicy,
): Promise<readonly string[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  for (const address of addresses) {
    const range = refusedRange(address, policy);
    if (range !== undefined) throw refusal(host, address, range);
  }
  return addresses;
}

function refusal(host: string, address: string, range: string): TaskError {
  const where = host === address ? `the address ${address}` : `the host ${host} with the address ${address}`;
  return new TaskError(
    'address_refused',
    `${where} may not be called: its range is "${range}", and only public unicast addresses are allowed; use a public address`,
    { retryable: false, details: { host, address, rule: range } },
  );
}
