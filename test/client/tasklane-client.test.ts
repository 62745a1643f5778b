import { describe, expect, it } from 'vitest';
import { TasklaneClient, TasklaneError } from '../../client/index.ts';
import { apiFetch } from '../support/api-fetch.ts';
import { anApi } from '../support/api-harness.ts';
import { claimed, newTaskId } from '../support/builders.ts';

const echo = (payload: unknown = 1) => ({ type: 'echo', payload });

/** A client of functions in memory; `disturb` may answer in their place, before or after they did. */
function aClient(
  disturb: (
    call: number,
    request: { url: string; init: RequestInit },
    pass: () => Promise<Response>,
  ) => Promise<Response> = (_call, _request, pass) => pass(),
) {
  const api = anApi();
  const send = apiFetch(api.handle);
  const urls: string[] = [];
  const waits: number[] = [];
  const client = new TasklaneClient({
    baseUrl: 'http://localhost:4566/',
    token: async () => 'token',
    fetch: async (input, init = {}) => {
      urls.push(String(input));
      return await disturb(urls.length, { url: String(input), init }, () => send(input, init));
    },
    wait: async (ms) => void waits.push(ms),
  });
  return { api, client, urls, waits };
}

async function everyOne<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const unavailable = (headers = {}) =>
  new Response('{"message":"Service Unavailable"}', { status: 503, headers });

describe('submitting by the client', () => {
  it('answers the task', async () => {
    const { api, client, urls } = aClient();
    const task = await client.submit({ ...echo({ a: 1 }), priority: 2, tags: ['t'] });
    expect(task).toMatchObject({ status: 'queued', lane: 'critical', tags: ['t'], payload: { a: 1 } });
    expect(api.tasks.rows.has(task.task_id)).toBe(true);
    expect(urls).toEqual(['http://localhost:4566/api/v1/tasks']);
  });

  it('answers the items of a batch', async () => {
    const { items } = await aClient().client.submitBatch([echo(1), echo(2)]);
    expect(items.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('never doubles a task whose answer was lost: it asks again with the same key', async () => {
    const { api, client } = aClient(async (call, _, pass) => {
      const answer = await pass();
      if (call === 1) throw new TypeError('fetch failed');
      return answer;
    });
    const task = await client.submit(echo());
    expect([...api.tasks.rows.keys()]).toEqual([task.task_id]);
  });

  it('completes a batch that was half stored', async () => {
    const { api, client } = aClient();
    const insert = api.tasks.insert.bind(api.tasks);
    let calls = 0;
    api.tasks.insert = async (rows) => {
      calls += 1;
      if (calls === 2) return rows.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
      return await insert(rows);
    };
    const { items } = await client.submitBatch([echo(1), echo(2), echo(3)]);
    expect(items).toHaveLength(3);
    expect(api.tasks.rows.size).toBe(3);
  });

  it('fails at once for a lost answer when it may not send a key', async () => {
    const { client, urls } = aClient(() => Promise.reject(new TypeError('fetch failed')));
    await expect(client.submit(echo(), { idempotencyKey: null })).rejects.toThrow('fetch failed');
    expect(urls).toHaveLength(1);
  });

  it('sends the key that it is given', async () => {
    const { client } = aClient();
    const first = await client.submit(echo(), { idempotencyKey: 'k' });
    expect((await client.submit(echo(), { idempotencyKey: 'k' })).task_id).toBe(first.task_id);
    await expect(client.submit(echo(2), { idempotencyKey: 'k' })).rejects.toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
  });

  it('fails with what is wrong with the input, without another try', async () => {
    const { client, urls } = aClient();
    const error = await client.submit({ ...echo(), priority: 11 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TasklaneError);
    expect(error).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ path: '/priority', message: expect.any(String) }],
      requestId: expect.stringMatching(/^request-/),
      message: expect.stringContaining('/priority'),
    });
    expect(urls).toHaveLength(1);
  });
});

describe('a busy API', () => {
  it('is asked up to five times, in growing pauses', async () => {
    const { client, urls, waits } = aClient(async () => unavailable());
    await expect(client.history(newTaskId())).rejects.toMatchObject({ status: 503, code: 'http_503' });
    expect(urls).toHaveLength(5);
    expect(waits).toHaveLength(4);
    for (const [index, ms] of waits.entries()) expect(ms).toBeLessThanOrEqual(200 * 2 ** index);
  });

  it('is asked again when it says', async () => {
    const { client, waits } = aClient(async (call, _, pass) =>
      call === 1 ? unavailable({ 'retry-after': '7' }) : await pass(),
    );
    await client.submit(echo());
    expect(waits).toEqual([7000]);
  });
});

describe('waiting by the client', () => {
  it('asks in long polls until the task has ended', async () => {
    const { api, client, urls } = aClient(async (call, _, pass) => {
      const [row] = [...api.tasks.rows.values()];
      if (call === 3 && row !== undefined) api.tasks.rows.set(row.task_id, { ...row, status: 'failed' });
      return await pass();
    });
    const { task_id } = await client.submit(echo());
    expect(await client.wait(task_id)).toMatchObject({ task_id, status: 'failed' });
    expect(urls.slice(1).every((url) => url.endsWith('?wait_seconds=25'))).toBe(true);
    expect(urls).toHaveLength(3);
  });

  it('looks at the history in pauses where long polls are refused', async () => {
    let looks = 0;
    const { api, client, urls, waits } = aClient(async (_, { url }, pass) => {
      const [row] = [...api.tasks.rows.values()];
      if (url.endsWith('/history')) looks += 1;
      if (looks === 3 && row?.status === 'queued') {
        api.tasks.rows.set(row.task_id, {
          ...claimed(row),
          status: 'completed',
          history: [...row.history, 'zc done'],
        });
      }
      return url.includes('wait_seconds') && looks < 3 ? unavailable() : await pass();
    });
    const { task_id } = await client.submit(echo());
    expect(await client.wait(task_id)).toMatchObject({ status: 'completed' });
    expect(urls.slice(1).map((url) => url.split(task_id)[1])).toEqual([
      '?wait_seconds=25',
      '/history',
      '/history',
      '/history',
      '?wait_seconds=25',
    ]);
    expect(waits).toEqual([500, 750, 1125]);
  });

  it('fails when the task has not ended in time', async () => {
    const { client } = aClient();
    const { task_id } = await client.submit(echo());
    await expect(client.wait(task_id, { timeoutMs: 0 })).rejects.toThrow(
      /has not ended within 0 ms: it is queued/,
    );
  });

  it('fails at once for a task that is not there', async () => {
    await expect(aClient().client.wait(newTaskId())).rejects.toMatchObject({ code: 'task_not_found' });
  });

  it('stops when it is told to', async () => {
    const { client, urls } = aClient(async (_, { init }, pass) => {
      if (init.method === 'POST') return await pass();
      init.signal?.throwIfAborted();
      return unavailable();
    });
    const { task_id } = await client.submit(echo());
    const signal = AbortSignal.abort(new Error('no longer wanted'));
    await expect(client.wait(task_id, { signal })).rejects.toThrow('no longer wanted');
    expect(urls).toHaveLength(2);
  });
});

describe('changing many tasks by the client', () => {
  it('counts them, or starts the task that does it', async () => {
    const { api, client } = aClient();
    await client.submitBatch(Array.from({ length: 12 }, (_, n) => ({ ...echo(n), tags: [`t${n % 3}`] })));
    const count: { matched: number } = await client.bulkCancel({ tag: 't1' }, { dryRun: true });
    expect(count).toEqual({ matched: 4 });
    expect(await client.bulkRetry({ status: 'failed' }, { dryRun: true })).toEqual({ matched: 0 });
    for (const [kind, started] of [
      ['cancel', await client.bulkCancel({ tag: 't1', lane: 'normal' })],
      ['retry', await client.bulkRetry({ status: 'failed' }, { dryRun: false })],
    ] as const)
      expect(api.tasks.rows.get(started.task_id)?.type).toBe(`bulk_${kind}`);
    await expect(client.bulkCancel({})).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('starts one task whose answer was lost once', async () => {
    const { api, client } = aClient(async (call, _, pass) => {
      const answer = await pass();
      if (call === 1) throw new TypeError('fetch failed');
      return answer;
    });
    const { task_id } = await client.bulkRetry({ status: 'failed' });
    expect([...api.tasks.rows.keys()]).toEqual([task_id]);
  });
});

describe('the result cache, by the client', () => {
  it('is cleared for one type', async () => {
    const { client } = aClient();
    expect(await client.clearCache('echo')).toBeUndefined();
    await expect(client.clearCache('none')).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

describe('reading by the client', () => {
  it('lists all pages', async () => {
    const { client, urls } = aClient();
    await client.submitBatch(
      Array.from({ length: 25 }, (_, n) => ({ ...echo(n), agent_id: `agent:${n % 2}` })),
    );
    const all = await everyOne(client.list({ status: 'queued' }, { pageSize: 10 }));
    expect(new Set(all.map(({ task_id }) => task_id)).size).toBe(25);
    expect(urls.filter((url) => url.includes('/tasks?'))).toHaveLength(3);
    const own = await everyOne(client.listAgentTasks('agent:1', {}, { pageSize: 5 }));
    expect(own).toHaveLength(12);
  });

  it('reads a task, its result, its history, and how the platform is', async () => {
    const { client } = aClient();
    const { task_id } = await client.submit(echo('x'));
    expect(await client.get(task_id, { waitSeconds: 0 })).toMatchObject({ payload: 'x' });
    await expect(client.result(task_id)).rejects.toMatchObject({ status: 409, code: 'task_not_finished' });
    expect((await client.history(task_id)).items).toHaveLength(1);
    expect(await client.health()).toMatchObject({ status: 'healthy' });
  });

  it('takes an unhealthy platform for an answer', async () => {
    const { client } = aClient(async () => new Response('{"status":"unhealthy"}', { status: 503 }));
    expect(await client.health()).toEqual({ status: 'unhealthy' });
  });

  it('needs no token for what anybody may read', async () => {
    const api = anApi();
    const client = new TasklaneClient({ baseUrl: 'http://localhost', fetch: apiFetch(api.handle) });
    expect(await client.health()).toMatchObject({ status: 'healthy' });
    await expect(client.get(newTaskId())).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  });
});
