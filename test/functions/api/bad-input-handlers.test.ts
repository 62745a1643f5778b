import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';

const echo = (more: object = {}) => ({ type: 'echo', payload: 1, ...more });
const invoke = (payload: unknown) => ({ type: 'lambda_invoke', payload });
const DAYS_30 = 30 * 86_400;

describe('a submission fails with 422, naming the place', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['cache_ttl_seconds 0', echo({ cache_ttl_seconds: 0 }), '/cache_ttl_seconds', /at least 1/],
    ['cache_ttl_seconds -1', echo({ cache_ttl_seconds: -1 }), '/cache_ttl_seconds', /at least 1/],
    ['cache_ttl_seconds 1.5', echo({ cache_ttl_seconds: 1.5 }), '/cache_ttl_seconds', /no whole number/],
    ['cache_ttl_seconds "60"', echo({ cache_ttl_seconds: '60' }), '/cache_ttl_seconds', /is no number/],
    [
      'cache_ttl_seconds above 30 days',
      echo({ cache_ttl_seconds: DAYS_30 + 1 }),
      '/cache_ttl_seconds',
      /2592001 .*at most 2592000/,
    ],
    ['debug 1', echo({ debug: 1 }), '/debug', /1 is no true or false/],
    ['debug "true"', echo({ debug: 'true' }), '/debug', /no true or false/],
    ['debug null', echo({ debug: null }), '/debug', /null is no true or false/],
    [
      'a fallback task with dependencies',
      echo({ fallback: { task: echo({ dependencies: [{ task_id: 'x' }] }) } }),
      '/fallback/task/dependencies',
      /has none of its own/,
    ],
    [
      'a compensation that is cached',
      echo({ compensation: echo({ cache_ttl_seconds: 60 }) }),
      '/compensation/cache_ttl_seconds',
      /has none of its own/,
    ],
    ['no function', invoke({ payload: 1 }), '/payload/function_name', /required/],
    [
      'a function that is a number',
      invoke({ function_name: 7, payload: 1 }),
      '/payload/function_name',
      /no string/,
    ],
    [
      'a function that the stage does not allow',
      invoke({ function_name: 'billing', payload: 1 }),
      '/payload/function_name',
      /"billing" is no function that tasks may invoke; .*lambdaInvoke.functions/,
    ],
    ['lambda_invoke of nothing', invoke(null), '/payload', /null is no object/],
  ])('fails for %s', async (_, body, path, message) => {
    const api = anApi();
    const answer = await api.post('/tasks', body);
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('validation_failed');
    expect(answer.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect([api.tasks.rows.size, api.cache.looks]).toEqual([0, 0]);
  });

  it('fails with all that is wrong with an invocation at once', async () => {
    const { body } = await anApi().post('/tasks', invoke({ function_name: '', qualifier: 'live' }));
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/payload/function_name',
      '/payload/payload',
      '/payload/qualifier',
    ]);
  });

  it.each([{ cache_ttl_seconds: null }, { cache_ttl_seconds: 1 }, { cache_ttl_seconds: DAYS_30 }])(
    'takes %j',
    async (more) => {
      const { status, body } = await anApi().post('/tasks', echo(more));
      expect([status, body.cache_ttl_seconds]).toEqual([202, more.cache_ttl_seconds]);
    },
  );
});

describe('clearing a cache fails with 422', () => {
  it.each([
    ['no type', '/cache', '/type', /required/],
    ['an empty type', '/cache?type=', '/type', /at least 1/],
    ['an unknown type', '/cache?type=nope', '/type', /"nope" is no task type of this deployment/],
    ['a type given twice', '/cache?type=echo&type=echo', '/type', /./],
    ['a type of 129 characters', `/cache?type=${'x'.repeat(129)}`, '/type', /at most 128/],
    ['an unknown parameter', '/cache?type=echo&all=true', '/all', /unknown/],
  ])('fails for %s', async (_, path, pointer, message) => {
    const api = anApi();
    const { status, body } = await api.call(path, { method: 'DELETE', role: 'admin' });
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path: pointer, message: expect.stringMatching(message) }]);
    expect(api.cache.epochs.size).toBe(0);
  });

  it.each(['GET', 'POST', 'PUT'])('fails for %s with 405', async (method) => {
    const { status, headers } = await anApi().call('/cache?type=echo', { method, role: 'admin' });
    expect([status, headers.allow]).toEqual([405, 'DELETE']);
  });
});
