import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';

type Api = ReturnType<typeof anApi>;
type More = Parameters<Api['call']>[1];

const MINE = '/agents/agent-7/memory';
const SHARED = '/agents/shared/memory';

/** An API with agent-7, which client-1 has registered. */
async function anApiWithAgent(): Promise<Api> {
  const api = anApi();
  await api.call('/agents/agent-7', { method: 'PUT', role: 'task_executor', body: {} });
  return api;
}

const send = (api: Api, method: string, path: string, more: More = {}) =>
  api.call(path, { method, role: 'task_executor', ...more });
const put = (
  api: Api,
  path: string,
  value: unknown,
  headers: Record<string, string> = {},
  more: object = {},
) => send(api, 'PUT', path, { body: { value, ...more }, headers });
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body?.code];

describe('an entry of a memory', () => {
  it('is put, read, replaced and deleted', async () => {
    const api = await anApiWithAgent();
    const value = { list: [1, null, { text: 'näme' }] };
    const created = await put(api, `${MINE}/notes:1`, value);
    expect([created.status, created.body]).toEqual([
      201,
      {
        key: 'notes:1',
        value,
        version: expect.any(Number),
        expires_at: null,
        updated_at: '2026-11-21T10:00:00.000Z',
      },
    ]);
    expect(created.headers.etag).toBe(`"${created.body.version}"`);

    const read = await send(api, 'GET', `${MINE}/notes:1`);
    expect([read.status, read.body, read.headers.etag]).toEqual([200, created.body, created.headers.etag]);

    const replaced = await put(api, `${MINE}/notes:1`, null);
    expect([replaced.status, replaced.body.value]).toEqual([200, null]);
    expect(replaced.body.version).toBeGreaterThan(created.body.version);

    const gone = await send(api, 'DELETE', `${MINE}/notes:1`);
    expect([gone.status, gone.body, gone.headers['content-type']]).toEqual([204, undefined, undefined]);
    expect(codeOf(await send(api, 'GET', `${MINE}/notes:1`))).toEqual([404, 'memory_not_found']);
    expect((await send(api, 'DELETE', `${MINE}/notes:1`)).status).toBe(204);
  });

  it('takes any JSON up to 256 KB', async () => {
    const api = await anApiWithAgent();
    for (const value of [0, false, '', [], {}, 'x'.repeat(256 * 1024 - 2)]) {
      expect((await put(api, `${MINE}/k`, value)).body.value).toEqual(value);
      expect((await send(api, 'GET', `${MINE}/k`)).body.value).toEqual(value);
    }
  });

  it('is forgotten at its time, and a new one then', async () => {
    const api = await anApiWithAgent();
    const { body } = await put(api, `${MINE}/k`, 1, {}, { ttl_seconds: 2 });
    expect(body.expires_at).toBe('2026-11-21T10:00:02.000Z');
    api.clock.advance(1999);
    expect((await send(api, 'GET', `${MINE}/k`)).status).toBe(200);
    api.clock.advance(1);
    expect((await send(api, 'GET', `${MINE}/k`)).status).toBe(404);
    expect((await send(api, 'GET', `${MINE}?keys=k`)).body.items).toEqual([]);
    expect(codeOf(await put(api, `${MINE}/k`, 2, { 'if-match': String(body.version) }))).toEqual([
      412,
      'version_mismatch',
    ]);
    const again = await put(api, `${MINE}/k`, 2);
    expect([again.status, again.body.expires_at]).toEqual([201, null]);
    expect(again.body.version).toBeGreaterThan(body.version);
  });

  it('stays when it is put again without a time', async () => {
    const api = await anApiWithAgent();
    await put(api, `${MINE}/k`, 1, {}, { ttl_seconds: 2 });
    await put(api, `${MINE}/k`, 1);
    api.clock.advance(10_000);
    expect((await send(api, 'GET', `${MINE}/k`)).status).toBe(200);
  });
});

describe('If-Match and If-None-Match', () => {
  it('let a write through only over what it expects', async () => {
    const api = await anApiWithAgent();
    const first = await put(api, `${MINE}/k`, 1, { 'if-none-match': '*' });
    expect(first.status).toBe(201);
    expect(codeOf(await put(api, `${MINE}/k`, 2, { 'if-none-match': '*' }))).toEqual([
      412,
      'version_mismatch',
    ]);
    const etag = first.headers.etag ?? '';
    const second = await put(api, `${MINE}/k`, 2, { 'if-match': etag });
    expect(second.status).toBe(200);
    const stale = await put(api, `${MINE}/k`, 3, { 'if-match': etag });
    expect(codeOf(stale)).toEqual([412, 'version_mismatch']);
    expect(stale.body.version).toBe(second.body.version);
    expect((await put(api, `${MINE}/k`, 3, { 'if-match': String(second.body.version) })).status).toBe(200);
    expect(codeOf(await put(api, `${MINE}/other`, 1, { 'if-match': etag }))[0]).toBe(412);
  });

  it('take * for whatever is there', async () => {
    const api = await anApiWithAgent();
    expect((await put(api, `${MINE}/k`, 1, { 'if-match': '*' })).status).toBe(412);
    await put(api, `${MINE}/k`, 1);
    expect((await put(api, `${MINE}/k`, 2, { 'if-match': '*' })).status).toBe(200);
    expect((await send(api, 'DELETE', `${MINE}/k`, { headers: { 'if-match': '*' } })).status).toBe(204);
  });

  it('let a deletion through only of what it expects', async () => {
    const api = await anApiWithAgent();
    const { headers } = await put(api, `${MINE}/k`, 1);
    const etag = headers.etag ?? '';
    expect((await send(api, 'DELETE', `${MINE}/k`, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await send(api, 'DELETE', `${MINE}/k`, { headers: { 'if-match': etag } })).status).toBe(204);
    expect((await send(api, 'DELETE', `${MINE}/k`, { headers: { 'if-match': etag } })).status).toBe(412);
  });

  it('never take an entry for the one that had its key before', async () => {
    const api = await anApiWithAgent();
    const { headers } = await put(api, `${MINE}/k`, 1);
    await send(api, 'DELETE', `${MINE}/k`);
    await put(api, `${MINE}/k`, 1);
    expect((await put(api, `${MINE}/k`, 2, { 'if-match': headers.etag ?? '' })).status).toBe(412);
  });
});

describe('several entries', () => {
  it('are read at once: those that exist, each once, in the order of the keys', async () => {
    const api = await anApiWithAgent();
    for (const key of ['a', 'b', 'c']) await put(api, `${MINE}/${key}`, key);
    const { status, body } = await send(api, 'GET', `${MINE}?keys=c,x,a,c`);
    expect(status).toBe(200);
    expect(body.items.map(({ key }: { key: string }) => key)).toEqual(['c', 'a']);
    expect(body.items[0]).toEqual((await send(api, 'GET', `${MINE}/c`)).body);
  });

  it('fail with 413 where they are too large together', async () => {
    const api = await anApiWithAgent();
    const keys = Array.from({ length: 11 }, (_, n) => `k${n}`);
    for (const key of keys) await put(api, `${MINE}/${key}`, 'x'.repeat(256 * 1024 - 2));
    const all = await send(api, 'GET', `${MINE}?keys=${keys}`);
    expect(codeOf(all)).toEqual([413, 'answer_too_large']);
    expect(all.body).toMatchObject({ limit: 2.5 * 1024 * 1024, value: 11 * 256 * 1024 });
    expect((await send(api, 'GET', `${MINE}?keys=${keys.slice(0, 10)}`)).body.items).toHaveLength(10);
  });
});

describe('a memory', () => {
  const everyCall = (api: Api, path: string, more: More) =>
    Promise.all([
      send(api, 'GET', `${path}/k`, more),
      send(api, 'GET', `${path}?keys=k`, more),
      send(api, 'PUT', `${path}/k`, { body: { value: 1 }, ...more }),
      send(api, 'DELETE', `${path}/k`, more),
    ]);

  it('belongs to who has registered the agent, and to admins', async () => {
    const api = await anApiWithAgent();
    await put(api, `${MINE}/k`, 'mine');
    for (const answer of await everyCall(api, MINE, { tenant: 'client-2' }))
      expect(codeOf(answer)).toEqual([403, 'forbidden']);
    expect((await send(api, 'GET', `${MINE}/k`)).body.value).toBe('mine');
    const asAdmin = await everyCall(api, MINE, { tenant: 'client-2', role: 'admin' });
    expect(asAdmin.map(({ status }) => status)).toEqual([200, 200, 200, 204]);
  });

  it('of an agent that nobody has registered is not there', async () => {
    for (const answer of await everyCall(anApi(), MINE, {}))
      expect(codeOf(answer)).toEqual([404, 'agent_not_found']);
  });

  it('named shared belongs to all executors, and is apart from any agent’s own', async () => {
    const api = await anApiWithAgent();
    expect((await put(api, `${SHARED}/k`, 1)).status).toBe(201);
    const read = await send(api, 'GET', `${SHARED}/k`, { tenant: 'client-2' });
    expect(read.body.value).toBe(1);
    expect((await send(api, 'GET', `${MINE}/k`)).status).toBe(404);
    expect((await send(api, 'DELETE', `${SHARED}/k`, { tenant: 'client-2' })).status).toBe(204);
  });
});
