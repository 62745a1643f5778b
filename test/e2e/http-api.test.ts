import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clientAs, request } from '../support/api.ts';
import { deployment } from '../support/emulator-clients.ts';

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What is in a token that the deployed pool has issued. */
function partsOf(token: string): { header: object; claims: Record<string, unknown>; signature: string } {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: parse(header), claims: parse(claims), signature };
}

describe('a token that is none of ours fails with 401', () => {
  const good = () => partsOf(deployment().tokens.admin);

  it.each([
    ['none at all', () => undefined],
    ['a word', () => 'token'],
    ['one with its signature changed', () => `${deployment().tokens.admin.slice(0, -4)}AAAA`],
    [
      'one with its claims changed',
      () => {
        const { header, claims, signature } = good();
        return `${base64url(header)}.${base64url({ ...claims, scope: 'tasklane/admin', sub: 'me' })}.${signature}`;
      },
    ],
    [
      'one of the algorithm none',
      () => `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(good().claims)}.`,
    ],
    [
      'one signed with a secret instead of the key',
      () => {
        const text = `${base64url({ ...good().header, alg: 'HS256' })}.${base64url(good().claims)}`;
        return `${text}.${createHmac('sha256', 'secret').update(text).digest('base64url')}`;
      },
    ],
    [
      'one of another issuer',
      () => {
        const { header, claims, signature } = good();
        return `${base64url(header)}.${base64url({ ...claims, iss: 'https://issuer.example.com' })}.${signature}`;
      },
    ],
    [
      'one whose expiry was changed',
      () => {
        const { header, claims, signature } = good();
        return `${base64url(header)}.${base64url({ ...claims, exp: 1 })}.${signature}`;
      },
    ],
  ])('fails for %s', async (_, token) => {
    const value = token();
    const { status } = await request('/tasks', value === undefined ? {} : { token: value });
    expect(status).toBe(401);
  });
});

describe('what anybody may read', () => {
  it('is how the platform is', async () => {
    const { status, body } = await request('/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'healthy', window_seconds: 300 });
  });

  it('is the document of the API, and its page with all its files', async () => {
    expect((await request('/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
    const page = await request('/docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    const files = [...page.text.matchAll(/(?:src|href)="docs\/([^"]+)"/g)].map(([, file]) => file);
    for (const file of files) {
      const { status, text } = await request(`/docs/${file}`);
      expect([status, text.length > 100]).toEqual([200, true]);
    }
    expect((await request('/docs/index.mjs')).status).toBe(404);
  });
});

describe('a problem document', () => {
  it.each([
    ['GET', '/nothing', 'admin', 404, 'not_found'],
    ['DELETE', '/tasks', 'admin', 405, 'method_not_allowed'],
    ['GET', '/tasks/batch', 'admin', 405, 'method_not_allowed'],
    ['GET', '/tasks/task-1', 'admin', 404, 'task_not_found'],
    ['GET', `/tasks/task-${crypto.randomUUID()}/result`, 'task_executor', 404, 'task_not_found'],
    ['GET', '/tasks?limit=1&limit=2', 'admin', 422, 'validation_failed'],
    ['GET', '/agents/a%20b/tasks', 'admin', 422, 'validation_failed'],
    ['POST', '/tasks', 'task_executor', 403, 'forbidden'],
    ['POST', '/tasks', 'task_submitter', 400, 'invalid_json'],
  ] as const)('%s %s as %s is answered with %i', async (method, path, role, status, code) => {
    const answer = await request(path, { method, role });
    expect([answer.status, (answer.body as { code?: string }).code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const requestId = answer.headers.get('x-request-id');
    expect(requestId).not.toBeNull();
    expect((answer.body as { request_id?: string }).request_id).toBe(requestId);
  });

  it('is what a body of 2 MB, or one nested 100,000 deep, gets', async () => {
    const post = (body: string) => request('/tasks', { method: 'POST', role: 'task_submitter', body });
    expect(await post(`{"type":"echo","payload":"${'x'.repeat(2 * 1024 * 1024)}"}`)).toMatchObject({
      status: 413,
    });
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await post(`{"type":"echo","payload":${deep}}`)).toMatchObject({ status: 422 });
  });
});

describe('lists', () => {
  const tag = `list-${crypto.randomUUID()}`;
  const agentId = `agent:${crypto.randomUUID()}`;

  it('have every task once, page by page, by all filters', async () => {
    const client = clientAs('task_submitter');
    const before = new Date(Date.now() - 60_000).toISOString();
    const { items } = await client.submitBatch(
      Array.from({ length: 23 }, (_, n) => ({
        type: 'echo',
        payload: n,
        tags: [tag],
        priority: n % 2 === 0 ? 5 : 9,
        agent_id: agentId,
      })),
    );
    const idsOf = async (list: AsyncIterable<{ task_id: string }>) => {
      const ids: string[] = [];
      for await (const { task_id } of list) ids.push(task_id);
      return ids;
    };
    const all = items.map(({ task_id }) => task_id).sort();
    const low = items
      .filter(({ index }) => index % 2 === 1)
      .map(({ task_id }) => task_id)
      .sort();
    const after = new Date(Date.now() + 60_000).toISOString();

    expect((await idsOf(client.list({ tag }, { pageSize: 5 }))).sort()).toEqual(all);
    expect((await idsOf(client.listAgentTasks(agentId, {}, { pageSize: 4 }))).sort()).toEqual(all);
    const narrow = { tag, lane: 'low', type: 'echo', agent_id: agentId, created_after: before } as const;
    expect((await idsOf(client.list(narrow, { pageSize: 3 }))).sort()).toEqual(low);
    expect(await idsOf(client.list({ tag, created_after: after }))).toEqual([]);
    expect(await idsOf(client.list({ tag, created_before: before }))).toEqual([]);
    expect(await idsOf(client.list({ tag, scheduled_before: after }))).toEqual([]);
  });

  it('fail for a cursor that was changed', async () => {
    const { body } = await request('/tasks?limit=1', { role: 'admin' });
    const { next_cursor } = body as { next_cursor: string };
    const again = await request(`/tasks?limit=1&cursor=${next_cursor}`, { role: 'admin' });
    expect(again.status).toBe(200);
    const changed = await request(`/tasks?limit=1&cursor=A${next_cursor}`, { role: 'admin' });
    expect(changed).toMatchObject({ status: 422, body: { errors: [{ path: '/cursor' }] } });
  });
});
