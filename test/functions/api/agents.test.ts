import { describe, expect, it } from 'vitest';
import type { TaskStatus } from '../../../core/status.ts';
import { anApi } from '../../support/api-harness.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';

type Api = ReturnType<typeof anApi>;

const register = (api: Api, id: string, body: unknown = {}, more: object = {}) =>
  api.call(`/agents/${id}`, { method: 'PUT', role: 'task_executor', body, ...more });
const putTasks = (api: Api, agentId: string, count: number, status: TaskStatus, atMs = NOW_MS) => {
  for (let n = 0; n < count; n += 1) {
    const row = { ...aRow({ agent_id: agentId }, { nowMs: atMs + n }), status };
    api.tasks.rows.set(row.task_id, row);
  }
};

describe('PUT /agents/{agent_id}', () => {
  it('answers 201 and the agent, then 200 and what it has become', async () => {
    const api = anApi();
    const body = {
      name: 'Reader',
      role: 'ocr worker',
      capabilities: ['ocr', 'pdf', 'ocr'],
      config: { model: 'm', depth: 3 },
      metadata: { team: 'docs' },
    };
    const first = await register(api, 'agent:7', body);
    expect([first.status, first.body]).toEqual([
      201,
      {
        agent_id: 'agent:7',
        ...body,
        capabilities: ['ocr', 'pdf'],
        registered_at: '2026-11-21T10:00:00.000Z',
        updated_at: '2026-11-21T10:00:00.000Z',
        totals: {
          total: 0,
          waiting: 0,
          scheduled: 0,
          queued: 0,
          processing: 0,
          retrying: 0,
          completed: 0,
          failed: 0,
          cancelled: 0,
        },
        totals_complete: true,
        success_rate: null,
        resources: {},
        last_seen: '2026-11-21T10:00:00.000Z',
        available: true,
      },
    ]);
    api.clock.advance(1000);
    const again = await register(api, 'agent:7', { name: 'Other' });
    expect([again.status, again.body]).toEqual([
      200,
      {
        ...first.body,
        name: 'Other',
        role: '',
        capabilities: [],
        config: {},
        metadata: {},
        updated_at: '2026-11-21T10:00:01.000Z',
        last_seen: '2026-11-21T10:00:01.000Z',
      },
    ]);
    expect((await api.call('/agents/agent:7', { role: 'task_submitter' })).body).toEqual(again.body);
  });

  it('fails with 403 for an agent that somebody else has registered, unless by an admin', async () => {
    const api = anApi();
    await register(api, 'agent-7', { name: 'mine' });
    const other = await register(api, 'agent-7', { name: 'theirs' }, { tenant: 'client-2' });
    expect([other.status, other.body.code]).toEqual([403, 'forbidden']);
    const admin = await register(api, 'agent-7', { name: 'ours' }, { tenant: 'client-2', role: 'admin' });
    expect([admin.status, admin.body.name]).toEqual([200, 'ours']);
    expect((await register(api, 'agent-7', { name: 'mine again' })).status).toBe(200);
    expect(api.agents.agents.get('agent-7')?.row.tenant).toBe('client-1');
  });

  it('lets one of two that come at the same moment create it', async () => {
    const api = anApi();
    const create = api.agents.create.bind(api.agents);
    api.agents.create = async (row) => {
      await create({ ...row, tenant: 'client-2' });
      return await create(row);
    };
    expect((await register(api, 'agent-7')).status).toBe(403);
    expect((await register(api, 'agent-7', {}, { tenant: 'client-2' })).status).toBe(200);
  });

  it('fails with 503 while the agent is neither there nor can be created', async () => {
    const api = anApi();
    api.agents.create = async () => false;
    expect((await register(api, 'agent-7')).body.code).toBe('storage_unavailable');
  });
});

describe('GET /agents/{agent_id}', () => {
  it('fails with 404 for one that nobody has registered', async () => {
    const { status, body } = await anApi().call('/agents/agent-7');
    expect([status, body.code]).toEqual([404, 'agent_not_found']);
    expect(body.detail).toContain('PUT /agents/agent-7');
  });

  it('tells what came of its tasks', async () => {
    const api = anApi();
    await register(api, 'agent-7');
    putTasks(api, 'agent-7', 6, 'completed');
    putTasks(api, 'agent-7', 2, 'failed');
    putTasks(api, 'agent-7', 1, 'cancelled');
    putTasks(api, 'agent-7', 3, 'queued');
    putTasks(api, 'agent-8', 5, 'completed');
    const { body } = await api.call('/agents/agent-7');
    expect(body).toMatchObject({
      totals: { total: 12, completed: 6, failed: 2, cancelled: 1, queued: 3, processing: 0 },
      success_rate: 0.75,
      totals_complete: true,
    });
  });

  it('counts thousands of tasks', async () => {
    const api = anApi();
    await register(api, 'agent-7');
    putTasks(api, 'agent-7', 3000, 'completed', NOW_MS - 9_000_000);
    putTasks(api, 'agent-7', 1000, 'failed');
    for (const _ of [1, 2])
      expect((await api.call('/agents/agent-7')).body).toMatchObject({
        totals: { total: 4000, completed: 3000, failed: 1000 },
        success_rate: 0.75,
      });
  });

  it('is not available any more when nobody has heard of it for five minutes', async () => {
    const api = anApi();
    await register(api, 'agent-7');
    api.clock.advance(300_000);
    expect((await api.call('/agents/agent-7')).body.available).toBe(true);
    api.clock.advance(1);
    expect((await api.call('/agents/agent-7')).body).toMatchObject({
      available: false,
      last_seen: '2026-11-21T10:00:00.000Z',
    });
    await register(api, 'agent-7');
    expect((await api.call('/agents/agent-7')).body.available).toBe(true);
  });
});

describe('GET /agents', () => {
  const registerMany = async (api: Api, count: number) => {
    for (let n = 0; n < count; n += 1) {
      await register(api, `agent-${n}`, { name: `n${n}` });
      api.clock.advance(1);
    }
  };
  const idsOf = (items: readonly { agent_id: string }[]) => items.map(({ agent_id }) => agent_id);

  it('has every agent once, newest first, page by page', async () => {
    const api = anApi();
    await registerMany(api, 7);
    await register(api, 'agent-2');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await api.call(`/agents?limit=3${query}`, { role: 'task_submitter' });
      expect(status).toBe(200);
      seen.push(...idsOf(body.items));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `agent-${n}`));
  });

  it('shows each as it is read alone', async () => {
    const api = anApi();
    await registerMany(api, 2);
    putTasks(api, 'agent-1', 3, 'completed');
    const { body } = await api.call('/agents');
    expect(body.next_cursor).toBeNull();
    expect(body.items).toEqual([
      (await api.call('/agents/agent-1')).body,
      (await api.call('/agents/agent-0')).body,
    ]);
    expect(body.items[0].totals.completed).toBe(3);
  });

  it('passes over a place whose agent is not there', async () => {
    const api = anApi();
    await registerMany(api, 3);
    api.agents.agents.delete('agent-1');
    const list = api.agents.list.bind(api.agents);
    api.agents.list = async ({ below, limit }) => {
      const places = [...(await list({ below, limit })), `${NOW_MS + 1}#agent-1`];
      return places
        .filter((place) => place < below)
        .sort()
        .reverse()
        .slice(0, limit);
    };
    const { items, next_cursor } = (await api.call('/agents?limit=2')).body;
    expect(idsOf(items)).toEqual(['agent-2']);
    const next = (await api.call(`/agents?limit=2&cursor=${encodeURIComponent(next_cursor)}`)).body;
    expect(idsOf(next.items)).toEqual(['agent-0']);
  });

  it('is empty where there is none', async () => {
    expect((await anApi().call('/agents')).body).toEqual({ items: [], next_cursor: null });
  });

  it('ends a page before an agent whose tasks are too many for it, and goes on there', async () => {
    const api = anApi();
    await registerMany(api, 4);
    putTasks(api, 'agent-2', 20_500, 'completed', NOW_MS - 9_000_000);
    const first = (await api.call('/agents')).body;
    expect(idsOf(first.items)).toEqual(['agent-3']);
    const next = (await api.call(`/agents?cursor=${encodeURIComponent(first.next_cursor)}`)).body;
    expect(idsOf(next.items)).toEqual(['agent-2', 'agent-1', 'agent-0']);
    expect(next.items[0]).toMatchObject({ totals: { completed: 20_500 }, totals_complete: true });
  });

  it('shows an agent whose tasks are too many for any page with what is counted', async () => {
    const api = anApi();
    await registerMany(api, 2);
    putTasks(api, 'agent-1', 21_000, 'completed', NOW_MS - 9_000_000);
    const { items, next_cursor } = (await api.call('/agents')).body;
    expect(idsOf(items)).toEqual(['agent-1']);
    expect(items[0]).toMatchObject({ totals: { completed: 20_000 }, totals_complete: false });
    expect(next_cursor).not.toBeNull();
  });

  it('ends a page whose answer would be too large', async () => {
    const api = anApi();
    const config = { text: 'x'.repeat(16_000) };
    for (let n = 0; n < 120; n += 1) await register(api, `agent-${n}`, { config, metadata: config });
    const { items, next_cursor } = (await api.call('/agents?limit=200')).body;
    expect(items.length).toBeLessThan(120);
    expect(JSON.stringify(items).length).toBeLessThan(3 * 1024 * 1024);
    expect(next_cursor).not.toBeNull();
  });

  it.each([
    ['of another list', (cursor: string) => `/tasks?cursor=${cursor}`],
    ['that was changed', (cursor: string) => `/agents?cursor=${cursor.slice(0, -2)}AA`],
  ])('fails for a cursor %s', async (_, path) => {
    const api = anApi();
    await registerMany(api, 3);
    const { next_cursor } = (await api.call('/agents?limit=1')).body;
    const { status, body } = await api.call(path(encodeURIComponent(next_cursor)));
    expect([status, body.errors[0].path]).toEqual([422, '/cursor']);
  });
});
