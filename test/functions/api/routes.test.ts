import { describe, expect, it } from 'vitest';
import { anApiEvent } from '../../support/api-event.ts';
import { anApi } from '../../support/api-harness.ts';
import { newTaskId } from '../../support/builders.ts';

const id = newTaskId();

describe('a path that is not there', () => {
  it.each([
    '/nothing',
    '/tasks/',
    '/tasks//history',
    `/tasks/${id}/attempts`,
    '/workflows',
    '/queues',
    '/agents/agent-7/memories',
    '/config',
    '/Tasks',
  ])('fails with a 404 problem: %s', async (path) => {
    const { status, headers, body } = await anApi().call(path);
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body.request_id).toBe(headers['x-request-id']);
  });

  it.each(['/', '/api', '/api/v1', '/api/v2/tasks', '/favicon.ico'])(
    'fails outside the API: %s',
    async (rawPath) => {
      const { status, body } = await anApi().handle({ ...anApiEvent({ path: '', role: null }), rawPath });
      expect([status, body.code]).toEqual([404, 'not_found']);
    },
  );
});

describe('a method that a path does not have', () => {
  it.each([
    ['DELETE', '/tasks', 'POST, GET'],
    ['PUT', '/tasks/batch', 'POST'],
    ['GET', '/tasks/batch', 'POST'],
    ['POST', `/tasks/${id}`, 'GET, PATCH'],
    ['DELETE', `/tasks/${id}/cancel`, 'POST'],
    ['POST', `/tasks/${id}/result`, 'GET'],
    ['HEAD', `/tasks/${id}/history`, 'GET'],
    ['GET', '/tasks/bulk/cancel', 'POST'],
    ['DELETE', '/tasks/bulk/retry', 'POST'],
    ['GET', `/tasks/${id}/dependencies/${id}`, 'PUT, DELETE'],
    ['POST', '/agents/agent-7/tasks', 'GET'],
    ['POST', '/health', 'GET'],
  ])('fails with 405 and what is allowed: %s %s', async (method, path, allow) => {
    const { status, headers, body } = await anApi().call(path, { method });
    expect([status, body.code, headers.allow]).toEqual([405, 'method_not_allowed', allow]);
  });
});

describe('an id in a path', () => {
  it('may be escaped', async () => {
    const { status } = await anApi().call('/agents/agent%3A7/tasks');
    expect(status).toBe(200);
  });

  it('fails when its escape is none', async () => {
    const { status, body } = await anApi().call('/agents/agent%3/tasks');
    expect([status, body.errors[0].path]).toEqual([422, '/agent_id']);
  });
});

describe('GET /health', () => {
  const answering = { name: 'tasks_table', ask: async () => undefined };
  const silent = { name: 'critical_queue', ask: () => Promise.reject(new Error('no such queue')) };

  it('is healthy when everything answers', async () => {
    const { status, body } = await anApi({ probes: [answering] }).call('/health', { role: null });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'healthy',
      at: '2026-11-21T10:00:00.000Z',
      window_seconds: 300,
      checks: [{ name: 'tasks_table', status: 'healthy', observed: 0, threshold: 2000 }],
    });
  });

  it('is degraded when an answer is slow', async () => {
    const slow = { name: 'tasks_table', ask: async () => api.clock.advance(2001) };
    const api = anApi({ probes: [slow] });
    const { status, body } = await api.call('/health');
    expect([status, body.status, body.checks[0].observed]).toEqual([200, 'degraded', 2001]);
  });

  it('fails with 503 when something does not answer, and says which', async () => {
    const api = anApi({ probes: [answering, silent] });
    const { status, headers, body } = await api.call('/health');
    expect([status, headers['content-type'], body.status]).toEqual([503, 'application/json', 'unhealthy']);
    expect(body.checks[1]).toEqual({
      name: 'critical_queue',
      status: 'unhealthy',
      observed: null,
      threshold: 2000,
    });
    expect(JSON.stringify(body)).not.toContain('no such queue');
  });

  it('asks again only after five seconds', async () => {
    let asked = 0;
    const api = anApi({ probes: [{ name: 'tasks_table', ask: async () => (asked += 1) }] });
    for (const ms of [0, 4999, 1]) {
      api.clock.advance(ms);
      await api.call('/health');
    }
    expect(asked).toBe(2);
  });

  it('takes any query', async () => {
    expect((await anApi().call('/health?at=1')).status).toBe(200);
  });
});
