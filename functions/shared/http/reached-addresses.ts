import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** 64:ff9b::/96, the prefix whose last 32 bits are an IPv4 address anywhere (RFC 6052). */
const WELL_KNOWN_NAT64 = ipaddr.IPv6.parse('64:ff9b::');

/** Interface identifiers of ISATAP (RFC 5214): 0000:5efe or 0200:5efe, then an IPv4 address. */
const ISATAP = [0x0000_5efe, 0x0200_5efe];

/**
 * The addresses that a packet to `address` may end at: itself, or, where it is an IPv4 address in the clothes
 * of IPv6 (mapped, translated, NAT64, 6to4, Teredo, ISATAP), what is inside.
 */
export function reachedAddresses(address: Address): readonly Address[] {
  if (address instanceof ipaddr.IPv4) return [address];
  const words = address.parts;
  switch (address.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
      return [embedded(words, 6)];
    case 'rfc6052':
      // 64:ff9b:1::/48 is translated as each network likes, so nobody can say where it ends: it stays itself.
      return address.match(WELL_KNOWN_NAT64, 96) ? [embedded(words, 6)] : [address];
    case '6to4':
      return [embedded(words, 1)];
    case 'teredo':
      // The relay's address as it is, the client's with all bits turned (RFC 4380).
      return [
        embedded(words, 2),
        embedded(
          words.map((word) => word ^ 0xffff),
          6,
        ),
      ];
    default:
      return ISATAP.includes(word32(words, 4)) ? [address, embedded(words, 6)] : [address];
  }
}

/** The IPv4 address in the 16-bit words `at` and `at + 1`. */
function embedded(words: readonly number[], at: number): ipaddr.IPv4 {
  const bits = word32(words, at);
  return new ipaddr.IPv4([bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255]);
}

function word32(words: readonly number[], at: number): number {
  return (((words[at] ?? 0) << 16) | (words[at + 1] ?? 0)) >>> 0;
}
