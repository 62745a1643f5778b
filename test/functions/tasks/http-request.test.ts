import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createExpressionPool } from '../../../functions/shared/expressions/expression-pool.ts';
import { createGuardedClient } from '../../../functions/shared/http/guarded-client.ts';
import { httpRequest, httpRequestTask } from '../../../functions/tasks/http-request.ts';
import { loopbackServer } from '../../support/loopback-server.ts';
import { type TaskContextOptions, taskContext } from '../../support/task-context.ts';

const pool = createExpressionPool({ size: 1 });
afterAll(() => pool.end());

const task = httpRequestTask({
  send: createGuardedClient({ allowLoopback: true }),
  evaluate: pool.evaluate,
  nowMs: () => Date.parse('2026-11-21T10:00:00Z'),
});

const call = async (payload: unknown, options?: TaskContextOptions) =>
  task.run(taskContext(task, payload, options));

/** A server that always gives the same answer. */
const answering = (status: number, body: string | Buffer = '', headers: Record<string, string> = {}) =>
  loopbackServer((_request, response) => response.writeHead(status, headers).end(body));

const JSON_TYPE = { 'content-type': 'application/json' };

describe('http_request', () => {
  test('answers status, headers and the body, parsed when it is JSON', async () => {
    const server = await answering(201, '{"rate": 1.5}', { ...JSON_TYPE, 'x-trace': 't' });
    expect(await call({ url: `${server.origin}/rates?day=1` })).toEqual({
      status: 201,
      headers: expect.objectContaining({ 'content-type': 'application/json', 'x-trace': 't' }),
      body: { rate: 1.5 },
    });
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/rates?day=1', body: '' }]);
  });

  test('answers text as text, decompressed', async () => {
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
    const server = await answering(200, gzipSync('grüße'), headers);
    expect(await call({ url: server.origin })).toMatchObject({ body: 'grüße' });
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'sends a %s with headers and body',
    async (method) => {
      const server = await answering(200);
      await call({
        url: server.origin,
        method,
        headers: { 'X-One': '1', Authorization: 'Bearer t' },
        body: 'text',
      });
      expect(server.requests).toMatchObject([
        {
          method,
          body: 'text',
          headers: { 'x-one': '1', authorization: 'Bearer t', 'content-type': 'text/plain; charset=utf-8' },
        },
      ]);
    },
  );

  test('sends a HEAD and answers an empty body, whatever its headers promise', async () => {
    const server = await answering(200, '', { 'content-encoding': 'gzip', 'content-length': '100' });
    expect(await call({ url: server.origin, method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test.each([[{ a: 1 }], [[1]], [null], [false], [0]])('sends the body %j as JSON', async (body) => {
    const server = await answering(204);
    expect(await call({ url: server.origin, method: 'POST', body })).toMatchObject({ status: 204, body: '' });
    expect(server.requests).toMatchObject([{ body: JSON.stringify(body), headers: JSON_TYPE }]);
  });

  test('sends the content-type that is given, whatever its case', async () => {
    const server = await answering(200);
    await call({ url: server.origin, method: 'POST', headers: { 'Content-Type': 'text/csv' }, body: 'a,b' });
    expect(server.requests[0]?.headers['content-type']).toBe('text/csv');
  });

  test('fails on loopback unless it was built for the stage local', async () => {
    const server = await answering(200);
    const run = async () => httpRequest.run(taskContext(httpRequest, { url: server.origin }));
    await expect(run()).rejects.toMatchObject({ code: 'address_refused', retryable: false });
    expect(server.requests).toEqual([]);
  });

  test('fails when the body is larger than 5 MB', async () => {
    const server = await answering(200, Buffer.alloc(5 * 1024 * 1024 + 1));
    await expect(call({ url: server.origin })).rejects.toMatchObject({
      code: 'invalid_response',
      retryable: false,
      message: 'the response body is larger than the limit of 5242880 bytes',
    });
  });

  test('ends with the signal', async () => {
    const controller = new AbortController();
    const server = await loopbackServer(() => controller.abort(new Error('time is over')));
    await expect(call({ url: server.origin }, { signal: controller.signal })).rejects.toThrow('time is over');
  });
});

describe('http_request fails, to be tried again,', () => {
  test.each([408, 425, 429, 500, 502, 503, 504, 599])('on the status %i', async (status) => {
    const server = await answering(status, '{"reason": "busy"}', JSON_TYPE);
    await expect(call({ url: server.origin })).rejects.toMatchObject({
      code: 'http_status',
      retryable: true,
      message: `${server.origin} answered ${status}; expected is a 2xx status`,
      details: { status, body: '{"reason": "busy"}' },
      retryAfterSeconds: undefined,
    });
  });

  test.each([
    ['7', 7],
    ['Sat, 21 Nov 2026 10:01:30 GMT', 90],
  ])('after its Retry-After: %s', async (header, seconds) => {
    const server = await answering(503, '', { 'retry-after': header });
    await expect(call({ url: server.origin })).rejects.toMatchObject({ retryAfterSeconds: seconds });
  });

  test('on a 5xx with a body past the limit, of which it keeps the beginning', async () => {
    const server = await answering(500, Buffer.alloc(6 * 1024 * 1024, 'x'));
    await expect(call({ url: server.origin })).rejects.toMatchObject({
      code: 'http_status',
      retryable: true,
      details: { body: 'x'.repeat(500) },
    });
  });
});

describe('http_request fails at once', () => {
  test.each([300, 304, 400, 401, 403, 404, 409, 410, 422])('on the status %i', async (status) => {
    const server = await answering(status, '', { 'retry-after': '7' });
    await expect(call({ url: server.origin })).rejects.toMatchObject({
      code: 'http_status',
      retryable: false,
      retryAfterSeconds: undefined,
    });
  });

  test('on a 2xx where another status is expected', async () => {
    const server = await answering(200);
    await expect(call({ url: server.origin, expect: { status: [201, 404] } })).rejects.toMatchObject({
      code: 'http_status',
      retryable: false,
      message: `${server.origin} answered 200; expected is one of 201, 404`,
    });
  });
});

describe('expect', () => {
  test.each([404, 503])('makes a success of the status %i', async (status) => {
    const server = await answering(status, 'gone');
    expect(await call({ url: server.origin, expect: { status: [404, 503] } })).toMatchObject({
      status,
      body: 'gone',
    });
  });

  test('makes the answer of a redirect, which is not followed then', async () => {
    const server = await answering(302, '', { location: '/elsewhere' });
    const output = await call({ url: server.origin, expect: { status: [302] } });
    expect(output).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    expect(server.requests).toHaveLength(1);
  });

  test('lets an answer pass for which its expression is true', async () => {
    const server = await answering(200, '{"items": [1, 2]}', JSON_TYPE);
    const expression =
      'status = 200 and $count(body.items) = 2 and $contains(headers."content-type", "json")';
    expect(await call({ url: server.origin, expect: { expression } })).toMatchObject({
      body: { items: [1, 2] },
    });
  });

  test.each([
    ['body.ready', 'is not true for the answer'],
    ['$count(body.items)', 'is not true for the answer'],
    ['"true"', 'is not true for the answer'],
    ['body.missing', 'is not true for the answer'],
    ['body.name > 1', 'failed: '],
  ])('fails, to be tried again, where %s is not true', async (expression, message) => {
    const server = await answering(200, '{"items": [1], "ready": false, "name": "x"}', JSON_TYPE);
    await expect(call({ url: server.origin, expect: { expression } })).rejects.toMatchObject({
      code: 'invalid_response',
      retryable: true,
      message: expect.stringContaining(`expect.expression ${message}`),
    });
  });

  test('fails at once where the expression never ends', async () => {
    const server = await answering(200);
    const expression = '($f := function() { $f() }; $f())';
    const run = call({ url: server.origin, expect: { expression } }, { timeoutSeconds: 0.2 });
    await expect(run).rejects.toMatchObject({
      code: 'invalid_response',
      retryable: false,
      message: 'expect.expression failed: it did not end within 0.2 s',
    });
  });
});
