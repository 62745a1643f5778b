import ipaddr from 'ipaddr.js';
import { reachedAddresses } from './reached-addresses.ts';

export interface AddressPolicy {
  /** Whether 127.0.0.0/8 and ::1 may be called. Every other special range is refused always. */
  readonly allowLoopback: boolean;
}

/** 2000::/3, all that IANA has given out as global unicast. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');

/**
 * The range for which an address is refused (`private`, `linkLocal`, `loopback`, `uniqueLocal`, …), or undefined
 * if it may be called: only public unicast may, judged by what lies inside mapped and translated forms.
 */
export function refusedRange(address: string, policy: AddressPolicy): string | undefined {
  if (!ipaddr.isValid(address)) return 'not an IP address';
  return reachedAddresses(ipaddr.parse(address))
    .map(rangeOf)
    .find((range) => range !== 'unicast' && !(range === 'loopback' && policy.allowLoopback));
}

function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  const range = address.range();
  // ipaddr.js calls everything that is not special unicast, also space that nobody may use yet.
  if (range === 'unicast' && address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST, 3))
    return 'unassigned';
  return range;
}
