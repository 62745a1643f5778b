import { describe, expect, test } from 'vitest';
import { createGuardedClient } from '../../../../functions/shared/http/guarded-client.ts';
import type { HttpRequest } from '../../../../functions/shared/http/http-message.ts';
import { redirectedRequest } from '../../../../functions/shared/http/redirect.ts';
import { get } from '../../../support/guarded-calls.ts';
import { loopbackServer } from '../../../support/loopback-server.ts';

const post: HttpRequest = {
  method: 'POST',
  url: 'https://api.example.com/a?b=1',
  headers: { 'content-type': 'application/json', accept: 'text/plain' },
  body: '{}',
};

const redirect = (status: number, location: string) => ({ status, headers: { location } });

describe('a redirected request', () => {
  test.each([
    [301, 'POST'],
    [302, 'POST'],
    [303, 'POST'],
    [303, 'PUT'],
    [303, 'DELETE'],
  ] as const)('becomes a GET without body after %i of a %s', (status, method) => {
    const next = redirectedRequest({ ...post, method }, redirect(status, '/c'));
    expect(next).toEqual({
      method: 'GET',
      url: 'https://api.example.com/c',
      headers: { accept: 'text/plain' },
    });
  });

  test.each([
    [301, 'PUT'],
    [302, 'PATCH'],
    [307, 'POST'],
    [308, 'POST'],
  ] as const)('keeps method and body after %i of a %s', (status, method) => {
    const next = redirectedRequest({ ...post, method }, redirect(status, 'https://api.example.com/c'));
    expect(next).toEqual({ ...post, method, url: 'https://api.example.com/c' });
  });

  test('stays a HEAD after 303', () => {
    const head: HttpRequest = { method: 'HEAD', url: post.url, headers: {} };
    expect(redirectedRequest(head, redirect(303, '/c'))?.method).toBe('HEAD');
  });

  test.each([
    ['another host', 'https://other.example.com/'],
    ['another scheme', 'http://api.example.com/'],
    ['another port', 'https://api.example.com:8443/'],
  ])('loses its credentials on the way to %s', (_, location) => {
    // GIVEN
    const headers = {
      authorization: 'Bearer x',
      cookie: 'a=1',
      'proxy-authorization': 'Basic x',
      'x-api-key': 'k',
      'x-auth-token': 't',
      'x-amz-security-token': 't',
      'x-client-secret': 's',
      'x-session-id': 'i',
      'x-signature': 's',
      'accept-language': 'en',
    };
    // WHEN
    const next = redirectedRequest({ ...post, headers }, redirect(307, location));
    // THEN
    expect(next?.headers).toEqual({ 'accept-language': 'en' });
  });

  test('keeps its credentials at its own origin', () => {
    const headers = { authorization: 'Bearer x', cookie: 'a=1' };
    const next = redirectedRequest({ ...post, headers }, redirect(308, 'https://api.example.com:443/c'));
    expect(next?.headers).toEqual(headers);
  });

  test.each([200, 204, 300, 304, 305, 404])('is none after %i', (status) => {
    expect(redirectedRequest(post, redirect(status, '/c'))).toBeUndefined();
  });

  test('is none without a location', () => {
    expect(redirectedRequest(post, { status: 302, headers: {} })).toBeUndefined();
  });

  test.each([
    ['ftp://example.com/', 'has the scheme ftp; only http and https are called'],
    ['file:///etc/passwd', 'has the scheme file'],
    ['https://user:pass@example.com/', 'holds credentials'],
    ['http://[', 'is no URL'],
  ])('fails to lead to %s', (location, problem) => {
    expect(() => redirectedRequest(post, redirect(302, location))).toThrow(
      expect.objectContaining({
        code: 'invalid_response',
        retryable: false,
        message: expect.stringContaining(problem),
      }),
    );
  });
});

describe('redirects', () => {
  /** A server that sends on so many times. */
  const sendingOn = (times: number) =>
    loopbackServer((request, response) => {
      const at = Number(request.url?.slice(1));
      if (at < times) response.writeHead(302, { location: `/${at + 1}` }).end('moved');
      else response.end('there');
    });

  test('are followed five times', async () => {
    const server = await sendingOn(5);
    const response = await get(createGuardedClient({ allowLoopback: true }), `${server.origin}/0`);
    expect(response).toMatchObject({ status: 200, url: `${server.origin}/5` });
  });

  test('fail at the sixth', async () => {
    const server = await sendingOn(6);
    await expect(
      get(createGuardedClient({ allowLoopback: true }), `${server.origin}/0`),
    ).rejects.toMatchObject({
      code: 'invalid_response',
      retryable: false,
      message: expect.stringContaining('redirects more than 5 times'),
    });
    expect(server.requests).toHaveLength(6);
  });

  test('carry no credentials to another origin, nor back again', async () => {
    // GIVEN two servers that send on to each other, then answer
    const first = await loopbackServer((request, response) => {
      if (request.url === '/start') response.writeHead(307, { location: `${second.origin}/` }).end();
      else response.end('there');
    });
    const second = await loopbackServer((_request, response) =>
      response.writeHead(307, { location: `${first.origin}/end` }).end(),
    );
    // WHEN
    await get(createGuardedClient({ allowLoopback: true }), `${first.origin}/start`, {
      headers: { authorization: 'Bearer x', 'x-trace': '1' },
    });
    // THEN
    const seen = [...first.requests, ...second.requests].map(({ path, headers }) => [
      path,
      headers.authorization,
    ]);
    expect(seen).toEqual([
      ['/start', 'Bearer x'],
      ['/end', undefined],
      ['/', undefined],
    ]);
    expect(second.requests[0]?.headers['x-trace']).toBe('1');
  });
});
