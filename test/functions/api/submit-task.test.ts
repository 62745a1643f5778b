import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { anApiEvent } from '../../support/api-event.ts';
import { anApi } from '../../support/api-harness.ts';
import { newTaskId } from '../../support/builders.ts';

const ECHO = { type: 'echo', payload: { hello: 'world' } };

describe('submitting a task', () => {
  it('answers 202 with the task, all defaults filled in, and where it is', async () => {
    const api = anApi();
    const { status, headers, body } = await api.post('/tasks', ECHO);
    expect(status).toBe(202);
    expect(headers.location).toBe(`/api/v1/tasks/${body.task_id}`);
    expect(headers['x-request-id']).toMatch(/^request-/);
    expect(body).toEqual({
      task_id: expect.stringMatching(
        /^task-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      type: 'echo',
      payload: { hello: 'world' },
      name: '',
      description: '',
      agent_id: null,
      capability: null,
      priority: 5,
      lane: 'normal',
      status: 'queued',
      version: 1,
      attempt: 0,
      scheduled_at: null,
      deadline: null,
      timeout_seconds: 30,
      requirements: { cpu_cores: 1, memory_gb: 0.5, storage_gb: 0.5, gpu_units: 0 },
      dependencies: [],
      retry: DEFAULT_RETRY,
      ordering_key: null,
      fairness_key: null,
      cache_ttl_seconds: null,
      compensation: null,
      fallback: null,
      callback_url: null,
      remember: null,
      debug: false,
      metadata: {},
      tags: [],
      progress: { percent: 0, message: '' },
      error: null,
      created_at: '2026-11-21T10:00:00.000Z',
      queued_at: '2026-11-21T10:00:00.000Z',
      started_at: null,
      completed_at: null,
      duration_ms: null,
    });
  });

  it('takes a scheduled_at of up to a year ahead, and a deadline however far away', async () => {
    const times = { scheduled_at: '2027-11-21T10:00:00.000Z', deadline: '9999-12-31T23:59:59.999Z' };
    const { status, body } = await anApi().post('/tasks', { ...ECHO, ...times });
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'scheduled', ...times });
  });

  it('takes submissions within one with all that they may have, and with the defaults of the rest', async () => {
    const none = { compensation: null, fallback: null, scheduled_at: null, deadline: null };
    const more = { dependencies: [], ordering_key: null, cache_ttl_seconds: null };
    const within = { ...ECHO, debug: true };
    const compensation = { ...within, ...none, ...more };
    const { status, body } = await anApi().post('/tasks', {
      ...ECHO,
      compensation,
      fallback: { task: compensation },
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ compensation: within, fallback: { task: within } });
  });

  it('stores the row for the caller, and notes its hour before', async () => {
    const api = anApi({ shards: 4 });
    const { body } = await api.post('/tasks', ECHO, { tenant: 'client-7' });
    expect(api.tasks.rows.get(body.task_id)).toMatchObject({
      tenant: 'client-7',
      payload: '{"hello":"world"}',
    });
    expect([...api.index.announced]).toEqual([['2026-11-21T10', 4]]);
  });

  it('takes everything that a task may say today', async () => {
    const api = anApi();
    const given = {
      type: 'echo',
      payload: null,
      name: 'fetch rates',
      description: 'daily',
      agent_id: 'agent-7',
      priority: 10,
      timeout_seconds: 60,
      retry: { max_attempts: 100, initial_delay_seconds: 0.5, jitter: 'none' },
      metadata: { cost_center: { id: 7 } },
      tags: ['a', 'b'],
    };
    const { status, body } = await api.post('/tasks', given);
    expect(status).toBe(202);
    expect(body).toMatchObject({ ...given, retry: { ...DEFAULT_RETRY, ...given.retry }, lane: 'low' });
  });

  it('takes a task as it shows it: all fields of later features with their defaults', async () => {
    const api = anApi();
    const { body: shown } = await api.post('/tasks', ECHO);
    const { type, payload, name, description, agent_id, priority, timeout_seconds, retry, metadata, tags } =
      shown;
    const { capability, scheduled_at, deadline, requirements, dependencies, ordering_key, fairness_key } =
      shown;
    const { cache_ttl_seconds, compensation, fallback, callback_url, remember, debug } = shown;
    const again = await api.post('/tasks', {
      ...{ type, payload, name, description, agent_id, priority, timeout_seconds, retry, metadata, tags },
      ...{ capability, scheduled_at, deadline, requirements, dependencies, ordering_key, fairness_key },
      ...{ cache_ttl_seconds, compensation, fallback, callback_url, remember, debug },
    });
    expect(again.status).toBe(202);
  });

  it.each(['task_submitter', 'admin'] as const)('is open to a %s', async (role) => {
    expect((await anApi().post('/tasks', ECHO, { role })).status).toBe(202);
  });

  it('reads a body that came as base64, and one whose media type has parameters', async () => {
    const api = anApi();
    const body = JSON.stringify(ECHO);
    const typed = { 'content-type': 'application/json; charset=utf-8' };
    expect((await api.post('/tasks', body, { headers: typed })).status).toBe(202);
    const event = anApiEvent({ path: '/tasks', method: 'POST', body: Buffer.from(body).toString('base64') });
    expect((await api.handle({ ...event, isBase64Encoded: true })).status).toBe(202);
  });

  it('keeps a payload above 1 KB outside the row, and shows it all the same', async () => {
    const api = anApi();
    const payload = 'ä'.repeat(1000);
    const { body } = await api.post('/tasks', { type: 'echo', payload });
    const row = api.tasks.rows.get(body.task_id);
    expect(row?.payload).toBeUndefined();
    expect(row?.payload_stored).toBe(true);
    expect(api.results.payloads.get(body.task_id)?.text).toBe(JSON.stringify(payload));
    expect((await api.call(`/tasks/${body.task_id}`)).body.payload).toBe(payload);
  });

  it('takes a payload of exactly 200 KB', async () => {
    const payload = 'x'.repeat(200 * 1024 - 2);
    expect((await anApi().post('/tasks', { type: 'echo', payload })).status).toBe(202);
  });

  it('takes JSON that is nested 64 deep', async () => {
    const nested = `${'['.repeat(63)}${']'.repeat(63)}`;
    expect((await anApi().post('/tasks', `{"type":"echo","payload":${nested}}`)).status).toBe(202);
  });

  it('takes "constructor" for the word that it is', async () => {
    const { status } = await anApi().post('/tasks', { type: 'echo', payload: { constructor: 'Ferrari' } });
    expect(status).toBe(202);
  });
});

describe('the express path', () => {
  it('sends the message of a critical task at once', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', { ...ECHO, priority: 1 });
    expect(api.sent).toEqual([
      {
        task_id: body.task_id,
        generation: 1,
        lane: 'critical',
        queue: 'critical',
        group: expect.any(String),
        delaySeconds: 0,
      },
    ]);
  });

  it('is not for other lanes', async () => {
    const api = anApi();
    await api.post('/tasks', { ...ECHO, priority: 3 });
    expect(api.sent).toEqual([]);
  });

  it.each([
    ['is refused', () => false],
    [
      'fails',
      () => {
        throw new Error('reset');
      },
    ],
  ])('only slows the task down when the sending %s', async (_, sendExpress) => {
    const api = anApi({ sendExpress });
    const { status, body } = await api.post('/tasks', { ...ECHO, priority: 1 });
    expect(status).toBe(202);
    expect(api.log).toContainEqual({
      level: 'error',
      message: 'express messages were not sent',
      fields: { task_ids: [body.task_id] },
    });
  });
});

describe('a store that does not confirm', () => {
  const unconfirmed = { kind: 'unconfirmed', reason: 'throttled' } as const;

  it.each([
    ['is not confirmed', [unconfirmed]],
    ['has no answer', []],
  ])('fails with 503 where the put of the row %s', async (_, outcomes) => {
    const api = anApi({ tasks: (store) => Object.assign(store, { insert: async () => outcomes }) });
    const { status, headers, body } = await api.post('/tasks', ECHO);
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'storage_unavailable', '1']);
  });

  it('fails with 503, and puts no row, where the payload or the hour is not confirmed', async () => {
    const large = { type: 'echo', payload: 'x'.repeat(2000) };
    for (const putPayloads of [async () => [false], () => Promise.reject(new Error('reset'))]) {
      const api = anApi({ results: (store) => Object.assign(store, { putPayloads }) });
      expect((await api.post('/tasks', large)).status).toBe(503);
      expect(api.tasks.rows.size).toBe(0);
    }

    const withoutHour = anApi({ announce: () => Promise.reject(new Error('throttled')) });
    expect((await withoutHour.post('/tasks', ECHO)).status).toBe(503);
    expect(withoutHour.tasks.rows.size).toBe(0);
  });

  it('counts an own new id that is there already as stored: the answer to the insert was lost', async () => {
    const api = anApi({
      tasks: (store) => {
        const insert = store.insert.bind(store);
        return Object.assign(store, {
          insert: async (rows: Parameters<typeof insert>[0]) => {
            await insert(rows);
            return await insert(rows);
          },
        });
      },
    });
    const { status, body } = await api.post('/tasks', { ...ECHO, priority: 1 });
    expect(status).toBe(202);
    expect(api.sent.map(({ task_id }) => task_id)).toEqual([body.task_id]);
  });

  it('fails with a 500 that says nothing of the inside when something unknown breaks', async () => {
    const api = anApi({
      tasks: (store) => Object.assign(store, { read: () => Promise.reject(new Error('secret table name')) }),
    });
    const { status, body, headers } = await api.call(`/tasks/${newTaskId()}/history`);
    expect([status, body.code]).toEqual([500, 'internal_error']);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(body.request_id).toBe(headers['x-request-id']);
    const line = api.log.find(({ level }) => level === 'error');
    expect(line?.fields.error).toEqual(new Error('secret table name'));
  });
});

describe('the log', () => {
  it('has one line a request, with its ids, and neither body nor token', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', { type: 'echo', payload: 'confidential' });
    expect(api.log).toEqual([
      {
        level: 'info',
        message: 'request',
        fields: {
          request_id: expect.stringMatching(/^request-/),
          method: 'POST',
          route: '/tasks',
          status: 202,
          latency_ms: 0,
          tenant: 'client-1',
          task_id: body.task_id,
        },
      },
    ]);
  });
});
