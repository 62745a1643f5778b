import { describe, expect, it } from 'vitest';
import { cacheEntryOf } from '../../../core/result-cache.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { anApi } from '../../support/api-harness.ts';
import { aResult, claimed, NOW_MS } from '../../support/builders.ts';

const TASK = { type: 'echo', payload: { b: 1, a: [2] }, cache_ttl_seconds: 60 };

type Api = ReturnType<typeof anApi>;

/** Runs a task as the executor does: result, entry, finish. */
async function complete(api: Api, task: { task_id: string }, output = '{"n":1}'): Promise<TaskRow> {
  const row = claimed(api.tasks.rows.get(task.task_id) as TaskRow, 'lease', api.clock.nowMs());
  const result = aResult(row, { output, ended_at: api.clock.nowMs() });
  await api.results.put([result]);
  const entry = cacheEntryOf(row, result, { version: 1, payload: JSON.parse(row.payload ?? 'null') });
  if (entry !== undefined) await api.cache.put([entry]);
  return row;
}

async function withEntry(): Promise<Api> {
  const api = anApi();
  const { body } = await api.post('/tasks', TASK);
  await complete(api, body);
  return api;
}

describe('a task that an equal one has gone before', () => {
  it('is completed at once, and its result is that of the other', async () => {
    const api = await withEntry();
    const { status, body } = await api.post('/tasks', { ...TASK, payload: { a: [2], b: 1 } });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: 'completed',
      version: 1,
      attempt: 0,
      started_at: null,
      duration_ms: null,
      error: null,
      cache_ttl_seconds: 60,
      progress: { percent: 100 },
    });
    expect(body.completed_at).toBe(body.created_at);
    const result = await api.call(`/tasks/${body.task_id}/result`);
    expect(result.status).toBe(200);
    expect(result.body).toMatchObject({
      status: 'completed',
      output: { n: 1 },
      cached: true,
      attempts: [],
      usage: { cpu_ms: 0, max_memory_mb: 0 },
    });
    const history = await api.call(`/tasks/${body.task_id}/history`);
    expect(history.body.items).toEqual([
      { at: body.created_at, from: null, to: 'completed', cause: 'cached' },
    ]);
  });

  it('keeps its result when that of the other is gone', async () => {
    const api = await withEntry();
    const { body } = await api.post('/tasks', TASK);
    for (const key of api.results.results.keys()) {
      if (!key.startsWith(api.tasks.rows.get(body.task_id)?.cached_result ?? '?')) {
        api.results.results.delete(key);
      }
    }
    const result = await api.call(`/tasks/${body.task_id}/result`);
    expect(result.body.output).toEqual({ n: 1 });
  });

  it('goes on no lane, not even on critical', async () => {
    const api = await withEntry();
    await api.post('/tasks', { ...TASK, priority: 1 });
    expect(api.sent).toEqual([]);
  });

  it('may be one of a batch: others of it run, two equal ones share the result', async () => {
    const api = await withEntry();
    const { body } = await api.post('/tasks/batch', {
      tasks: [TASK, { ...TASK, payload: 7 }, TASK, { type: 'echo', payload: 1 }],
    });
    expect(body.items.map(({ status }: { status: string }) => status)).toEqual([
      'completed',
      'queued',
      'completed',
      'queued',
    ]);
    const copies = [0, 2].map((index) => api.tasks.rows.get(body.items[index].task_id)?.cached_result);
    expect(copies[0]).toBe(copies[1]);
  });

  it('answers a replay with the task that is there, whatever the cache has by now', async () => {
    const api = anApi();
    const headers = { 'idempotency-key': 'k' };
    const first = await api.post('/tasks', TASK, { headers });
    await complete(api, first.body);
    const replay = await api.post('/tasks', TASK, { headers });
    expect([replay.status, replay.body.task_id]).toEqual([200, first.body.task_id]);
    expect(replay.body.status).toBe('queued');
    expect(api.results.results.get(`${first.body.task_id}#1`)?.output).toBe('{"n":1}');
  });
});

describe('a task is run anew', () => {
  it.each([
    ['asks for no cache', { cache_ttl_seconds: null }],
    ['has another payload', { payload: { b: 1, a: [2, 3] } }],
    ['has another type', { type: 'word_count', payload: { text: 'a' } }],
    ['is to run later', { scheduled_at: new Date(NOW_MS + 1000).toISOString() }],
    ['is to run in its turn', { ordering_key: 'k' }],
  ])('that %s', async (_, more) => {
    const api = await withEntry();
    const { body } = await api.post('/tasks', { ...TASK, ...more });
    expect(body.status).not.toBe('completed');
    expect(api.tasks.rows.get(body.task_id)).not.toHaveProperty('cached_result');
  });

  it('that waits for another one', async () => {
    const api = await withEntry();
    const { body: other } = await api.post('/tasks', { type: 'echo', payload: 1 });
    const waiting = { ...TASK, dependencies: [{ task_id: other.task_id }] };
    expect((await api.post('/tasks', waiting)).body.status).toBe('waiting');
  });

  it('of another tenant', async () => {
    const api = await withEntry();
    const { body } = await api.post('/tasks', TASK, { tenant: 'other' });
    expect(body.status).toBe('queued');
  });

  it('whose cached result has expired', async () => {
    const api = await withEntry();
    api.clock.advance(60_000);
    expect((await api.post('/tasks', TASK)).body.status).toBe('queued');
  });

  it('whose cached result is gone', async () => {
    const api = await withEntry();
    api.results.results.clear();
    expect((await api.post('/tasks', TASK)).body.status).toBe('queued');
  });

  it.each(['put', 'look'] as const)('where the %s fails: nothing is lost but the cache', async (call) => {
    const fail = () => Promise.reject(new Error('throttled'));
    const api = anApi({
      cache: (cache) => (call === 'look' ? { look: fail, put: fail, clear: fail } : cache),
      results: (store) => {
        if (call === 'put') store.put = async (all) => all.map(() => false);
        return store;
      },
    });
    const first = await api.post('/tasks', TASK);
    const row = await complete(api, first.body);
    api.results.results.set(`${row.task_id}#1`, aResult(row));
    expect((await api.post('/tasks', TASK)).body.status).toBe('queued');
    expect(api.log.some(({ level }) => level === 'error')).toBe(call === 'look');
  });

  it('looks the cache up once for a whole batch, and never for tasks that do not ask', async () => {
    const api = anApi();
    await api.post('/tasks', { type: 'echo', payload: 1 });
    expect(api.cache.looks).toBe(0);
    await api.post('/tasks/batch', {
      tasks: Array.from({ length: 20 }, (_, n) => ({ ...TASK, payload: n })),
    });
    expect(api.cache.looks).toBe(1);
  });
});

describe('the cache of a type', () => {
  const clear = (api: Api) => api.call('/cache?type=echo', { method: 'DELETE', role: 'admin' });

  it('is cleared at once: later tasks run anew, and fill it again', async () => {
    const api = await withEntry();
    expect(await clear(api)).toMatchObject({ status: 204, body: undefined });
    const { body } = await api.post('/tasks', TASK);
    expect(body.status).toBe('queued');
    await complete(api, body, '{"n":2}');
    const again = await api.post('/tasks', TASK);
    expect(again.body.status).toBe('completed');
  });

  it('is not filled by a task that was submitted before it was cleared', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', TASK);
    await clear(api);
    await complete(api, body);
    expect((await api.post('/tasks', TASK)).body.status).toBe('queued');
  });

  it('leaves those of other types alone', async () => {
    const api = await withEntry();
    await api.call('/cache?type=word_count', { method: 'DELETE', role: 'admin' });
    expect((await api.post('/tasks', TASK)).body.status).toBe('completed');
  });

  it.each(['task_submitter', 'task_executor'] as const)('fails to be cleared by a %s', async (role) => {
    const { status, body } = await anApi().call('/cache?type=echo', { method: 'DELETE', role });
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });

  it('fails to be cleared where that is not confirmed', async () => {
    const fail = () => Promise.reject(new Error('throttled'));
    const api = anApi({ cache: (cache) => Object.assign(cache, { clear: fail }) });
    expect(await clear(api)).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  });
});
