import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pinnedConnect } from '../../../../functions/shared/http/connect-pinned.ts';
import { createGuardedClient } from '../../../../functions/shared/http/guarded-client.ts';
import { get, recorder, resolver } from '../../../support/guarded-calls.ts';
import { loopbackServer } from '../../../support/loopback-server.ts';
import { serviceTestCertificate } from './service-test-certificate.ts';

const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('the guarded client over TLS', () => {
  const { cert, key } = serviceTestCertificate;
  const resolve = resolver({ 'service.test': [['127.0.0.1']], 'other.test': [['127.0.0.1']] });

  test('sends the name, not the address, as SNI and host, and checks the certificate against it', async () => {
    // GIVEN
    const names: string[] = [];
    const server = await loopbackServer((_request, response) => response.end('secure'), {
      cert,
      key,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    const client = createGuardedClient({
      allowLoopback: true,
      resolve,
      connect: pinnedConnect({ ca: cert }),
    });
    // WHEN
    const response = await get(client, `https://service.test:${server.port}/`);
    // THEN
    expect(text(response.body)).toBe('secure');
    expect(names).toEqual(['service.test']);
    expect(server.requests[0]?.headers.host).toBe(`service.test:${server.port}`);
  });

  test.each([
    ['of another name', 'other.test', cert],
    ['of an unknown authority', 'service.test', undefined],
  ])('fails on a certificate %s', async (_, name, ca) => {
    const server = await loopbackServer((_request, response) => response.end(), { cert, key });
    const connector = pinnedConnect(ca === undefined ? {} : { ca });
    const client = createGuardedClient({ allowLoopback: true, resolve, connect: connector });
    await expect(get(client, `https://${name}:${server.port}/`)).rejects.toMatchObject({
      code: 'handler_error',
      message: expect.stringContaining('cert'),
    });
    expect(server.requests).toEqual([]);
  });
});

describe('the guarded client', () => {
  test('calls loopback where it is allowed', async () => {
    const server = await loopbackServer((_request, response) => response.end('hello'));
    const response = await get(createGuardedClient({ allowLoopback: true }), server.origin);
    expect(response).toMatchObject({ status: 200, url: server.origin, cut: false });
    expect(text(response.body)).toBe('hello');
  });

  test('knows no proxy variables', async () => {
    // GIVEN
    const server = await loopbackServer((_request, response) => response.end('direct'));
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']) {
      const before = process.env[name];
      process.env[name] = 'http://127.0.0.1:1';
      onTestFinished(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
    // WHEN
    const response = await get(createGuardedClient({ allowLoopback: true }), server.origin);
    // THEN
    expect(text(response.body)).toBe('direct');
  });

  test('tries the next checked address when one does not answer', async () => {
    const server = await loopbackServer((_request, response) => response.end('second'));
    const resolve = resolver({ 'service.test': [['::1', '127.0.0.1']] });
    const client = createGuardedClient({ allowLoopback: true, resolve });
    const response = await get(client, `http://service.test:${server.port}/`);
    expect(text(response.body)).toBe('second');
  });

  test('uses a connection for one request only', async () => {
    const ports = new Set<number | undefined>();
    const server = await loopbackServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const client = createGuardedClient({ allowLoopback: true });
    await get(client, server.origin);
    await get(client, server.origin);
    expect(ports.size).toBe(2);
  });

  test('joins the values of a repeated header', async () => {
    const server = await loopbackServer((_request, response) =>
      response
        .writeHead(
          200,
          [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
            ['X-One', 'x'],
          ].flat(),
        )
        .end(),
    );
    const response = await get(createGuardedClient({ allowLoopback: true }), server.origin);
    expect(response.headers).toMatchObject({ 'set-cookie': 'a=1, b=2', 'x-one': 'x' });
  });

  test('fails, to be tried again, when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(
      get(createGuardedClient({ allowLoopback: true }), `http://127.0.0.1:${port}/secret?token=1`),
    ).rejects.toMatchObject({
      code: 'handler_error',
      retryable: true,
      message: expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:\d+ failed: .*ECONNREFUSED/),
    });
  });

  test('fails, to be tried again, when the name is unknown', async () => {
    const client = createGuardedClient({ resolve: resolver({}), connect: recorder() });
    await expect(get(client, 'http://nowhere.example.com/')).rejects.toMatchObject({
      code: 'handler_error',
      retryable: true,
      message: expect.stringContaining('ENOTFOUND nowhere.example.com'),
    });
  });

  test('fails, to be tried again, when the connection breaks in the middle of the body', async () => {
    const server = await loopbackServer((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('beginning', () => request.socket.destroy());
    });
    await expect(get(createGuardedClient({ allowLoopback: true }), server.origin)).rejects.toMatchObject({
      code: 'handler_error',
      retryable: true,
    });
  });

  test('fails, to be tried again, when connecting takes too long', async () => {
    // GIVEN a server that accepts and never says a word of TLS
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const client = createGuardedClient({
      allowLoopback: true,
      connect: pinnedConnect({ timeoutSeconds: 0.05 }),
    });
    // WHEN, THEN
    await expect(get(client, `https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'handler_error',
      message: expect.stringContaining('no connection within 0.05 s'),
    });
  });
});
