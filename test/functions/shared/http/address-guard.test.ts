import { describe, expect, test } from 'vitest';
import { createGuardedClient } from '../../../../functions/shared/http/guarded-client.ts';
import { get, PUBLIC_ADDRESS, recorder, resolver } from '../../../support/guarded-calls.ts';
import { loopbackServer } from '../../../support/loopback-server.ts';

const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('the guarded client refuses', () => {
  test.each([
    ['the metadata service', 'http://169.254.169.254/latest/meta-data/', '169.254.169.254', 'linkLocal'],
    ['loopback', 'http://127.0.0.1:9001/', '127.0.0.1', 'loopback'],
    ['a decimal host', 'http://2130706433/', '127.0.0.1', 'loopback'],
    ['an octal host', 'http://0177.0.0.1/', '127.0.0.1', 'loopback'],
    ['a hexadecimal host', 'http://0x7f.1/', '127.0.0.1', 'loopback'],
    ['a short host', 'http://127.1/', '127.0.0.1', 'loopback'],
    ['a full-width host', 'http://１２７.0.0.1/', '127.0.0.1', 'loopback'],
    ['the unspecified address', 'http://0/', '0.0.0.0', 'unspecified'],
    ['IPv6 loopback', 'http://[::1]/', '::1', 'loopback'],
    ['a mapped address', 'http://[::ffff:127.0.0.1]/', '::ffff:7f00:1', 'loopback'],
    ['a mapped metadata address', 'http://[::ffff:169.254.169.254]/', '::ffff:a9fe:a9fe', 'linkLocal'],
    ['a NAT64 address', 'http://[64:ff9b::a00:1]/', '64:ff9b::a00:1', 'private'],
  ])('%s, and connects to nothing', async (_, url, address, rule) => {
    // GIVEN
    const connector = recorder();
    const names = resolver({});
    // WHEN
    const call = get(createGuardedClient({ resolve: names, connect: connector }), url);
    // THEN
    await expect(call).rejects.toMatchObject({
      code: 'address_refused',
      retryable: false,
      details: { address, rule },
    });
    expect(connector.targets).toEqual([]);
    expect(names.asked).toEqual([]);
  });

  test.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['localhost.', ['127.0.0.1']],
    ['inside.example.com', ['10.1.2.3']],
    ['half.example.com', [PUBLIC_ADDRESS, '192.168.0.1']],
    ['other-half.example.com', ['fd00::1', PUBLIC_ADDRESS]],
  ])('the name %s that resolves to %j', async (name, addresses) => {
    const connector = recorder();
    const client = createGuardedClient({ resolve: resolver({ [name]: [addresses] }), connect: connector });
    await expect(get(client, `https://${name}/`)).rejects.toMatchObject({
      code: 'address_refused',
      message: expect.stringContaining(name),
      retryable: false,
      details: { host: name },
    });
    expect(connector.targets).toEqual([]);
  });

  test('the real localhost, by the real resolver', async () => {
    const connector = recorder();
    const call = get(createGuardedClient({ connect: connector }), 'http://localhost:9001/');
    await expect(call).rejects.toMatchObject({ code: 'address_refused', details: { rule: 'loopback' } });
    expect(connector.targets).toEqual([]);
  });

  test.each([
    ['a private address', 'http://10.0.0.1/'],
    ['the metadata service', 'http://169.254.169.254/'],
    ['a private name', 'http://inside.example.com/'],
    ['loopback in octal', 'http://0177.1/'],
  ])('a redirect to %s', async (_, location) => {
    // GIVEN
    const server = await loopbackServer((_request, response) => response.writeHead(302, { location }).end());
    const connector = recorder(server);
    const resolve = resolver({
      'outside.example.com': [[PUBLIC_ADDRESS]],
      'inside.example.com': [['10.0.0.1']],
    });
    // WHEN
    const call = get(createGuardedClient({ resolve, connect: connector }), 'http://outside.example.com/');
    // THEN
    await expect(call).rejects.toMatchObject({ code: 'address_refused', retryable: false });
    expect(connector.targets.map(({ addresses }) => addresses)).toEqual([[PUBLIC_ADDRESS]]);
  });

  test.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'http://user:pass@example.com/',
    'nowhere',
    'http://',
  ])('the URL %s', async (url) => {
    await expect(get(createGuardedClient({ connect: recorder() }), url)).rejects.toMatchObject({
      code: 'invalid_url',
      retryable: false,
    });
  });
});

describe('a name that changes its address', () => {
  test('between check and connect is called at the address that was checked', async () => {
    // GIVEN a name that is public when it is asked for the first time, and private from then on
    const server = await loopbackServer((_request, response) => response.end('fine'));
    const resolve = resolver({ 'rebind.example.com': [[PUBLIC_ADDRESS], ['169.254.169.254']] });
    const connector = recorder(server);
    // WHEN
    const response = await get(
      createGuardedClient({ resolve, connect: connector }),
      'http://rebind.example.com/',
    );
    // THEN
    expect(text(response.body)).toBe('fine');
    expect(resolve.asked).toEqual(['rebind.example.com']);
    expect(connector.targets).toEqual([
      { secure: false, hostname: 'rebind.example.com', port: 80, addresses: [PUBLIC_ADDRESS] },
    ]);
  });

  test('fails at the redirect that leads to it again', async () => {
    const server = await loopbackServer((_request, response) =>
      response.writeHead(307, { location: '/again' }).end(),
    );
    const resolve = resolver({ 'rebind.example.com': [[PUBLIC_ADDRESS], ['169.254.169.254']] });
    const connector = recorder(server);
    const call = get(createGuardedClient({ resolve, connect: connector }), 'http://rebind.example.com/');
    await expect(call).rejects.toMatchObject({
      code: 'address_refused',
      details: { address: '169.254.169.254' },
    });
    expect(connector.targets).toHaveLength(1);
  });

  test('is called at the checked address by the real connector, whatever the name would resolve to', async () => {
    // GIVEN a name that no resolver but ours knows
    const server = await loopbackServer((_request, response) => response.end('pinned'));
    const resolve = resolver({ 'service.test': [['127.0.0.1']] });
    // WHEN
    const url = `http://service.test:${server.port}/path?q=1`;
    const response = await get(createGuardedClient({ allowLoopback: true, resolve }), url);
    // THEN
    expect(text(response.body)).toBe('pinned');
    expect(server.requests[0]).toMatchObject({
      path: '/path?q=1',
      headers: { host: `service.test:${server.port}`, connection: 'close' },
    });
  });
});
