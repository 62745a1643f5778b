import { describe, expect, test } from 'vitest';
import { refusedRange } from '../../../../functions/shared/http/refused-range.ts';

const strict = { allowLoopback: false };
const local = { allowLoopback: true };

describe('the range for which an address is refused', () => {
  test.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '2600:1f18::1',
    '2a00:1450:4001::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2606:4700::5efe:808:808',
  ])('is none for the public address %s', (address) => {
    expect(refusedRange(address, strict)).toBeUndefined();
  });

  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['192.0.0.192', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['fc00::1', 'uniqueLocal'],
    ['fd00:ec2::254', 'uniqueLocal'],
    ['fec0::1', 'deprecatedSiteLocal'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'reserved'],
    ['100::1', 'discard'],
    ['5f00::1', 'segmentRouting'],
    ['4000::1', 'unassigned'],
  ])('fails %s as %s', (address, range) => {
    expect(refusedRange(address, strict)).toBe(range);
  });

  test.each([
    ['mapped', '::ffff:127.0.0.1', 'loopback'],
    ['mapped, in hexadecimal', '::ffff:a9fe:a9fe', 'linkLocal'],
    ['IPv4-compatible', '::10.0.0.1', 'private'],
    ['IPv4-compatible, in hexadecimal', '::a00:1', 'unassigned'],
    ['translated (SIIT)', '::ffff:0:10.0.0.1', 'private'],
    ['NAT64', '64:ff9b::169.254.169.254', 'linkLocal'],
    ['NAT64 of a network of its own', '64:ff9b:1::8.8.8.8', 'rfc6052'],
    ['6to4', '2002:a00:1::1', 'private'],
    ['Teredo, the client', '2001:0:808:808::f5ff:fffe', 'private'],
    ['Teredo, the relay', '2001:0:a00:1::f7f7:f7f7', 'private'],
    ['ISATAP', '2606:4700::5efe:a00:1', 'private'],
    ['ISATAP, with the universal bit', '2606:4700::200:5efe:10.0.0.1', 'private'],
  ])('fails a private address in the clothes of %s', (_, address, range) => {
    expect(refusedRange(address, strict)).toBe(range);
  });

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])(
    'lets loopback %s pass where the build allows it',
    (address) => {
      expect(refusedRange(address, local)).toBeUndefined();
    },
  );

  test.each(['10.0.0.1', '169.254.169.254', '0.0.0.0', '::', '::ffff:10.0.0.1'])(
    'fails %s also where loopback is allowed',
    (address) => {
      expect(refusedRange(address, local)).toBeDefined();
    },
  );

  test.each(['localhost', '', '1.2.3.4.5', 'fe80::1::2'])('fails %j, which is no address', (address) => {
    expect(refusedRange(address, strict)).toBe('not an IP address');
  });
});
