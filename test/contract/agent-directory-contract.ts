import { expect, it } from 'vitest';
import type { AgentDirectory } from '../../core/agents/agent-ports.ts';
import type { AgentRow } from '../../core/agents/agent-row.ts';
import { TIME_INDEX_TOP } from '../../core/time-index.ts';
import { NOW_MS } from '../support/builders.ts';

/** What every directory of agents does alike: the fake and the table are held against the same tests. */
export function agentDirectoryContract(buildDirectory: () => AgentDirectory): void {
  const anAgent = (more: Partial<AgentRow> = {}): AgentRow => ({
    agent_id: `agent:${crypto.randomUUID()}`,
    tenant: 'client-1',
    registered_at: NOW_MS,
    updated_at: NOW_MS,
    ...more,
  });

  it('keeps every attribute of a registration, and that the agent was heard of', async () => {
    const agents = buildDirectory();
    const row = anAgent({
      name: 'näme 💥',
      role: 'reader',
      capabilities: ['ocr', 'translate:de'],
      config: { nested: [1, null, { x: true }] },
      metadata: { a: 'b' },
    });
    expect(await agents.create(row)).toBe(true);
    const known = await agents.read([row.agent_id, anAgent().agent_id]);
    expect([...known]).toEqual([
      [row.agent_id, { row, presence: { tenant: 'client-1', last_seen: NOW_MS } }],
    ]);
    expect(await agents.ownerOf(row.agent_id)).toBe('client-1');
  });

  it('knows nobody who was not registered', async () => {
    const agents = buildDirectory();
    expect(await agents.read([anAgent().agent_id])).toEqual(new Map());
    expect(await agents.read([])).toEqual(new Map());
    expect(await agents.ownerOf(anAgent().agent_id)).toBeUndefined();
  });

  it('does not create an agent that is there', async () => {
    const agents = buildDirectory();
    const row = anAgent();
    await agents.create(row);
    expect(await agents.create({ ...row, tenant: 'client-2' })).toBe(false);
    expect(await agents.ownerOf(row.agent_id)).toBe('client-1');
  });

  it('lets one of many create an agent', async () => {
    const agents = buildDirectory();
    const row = anAgent();
    const created = await Promise.all(
      Array.from({ length: 10 }, (_, n) => agents.create({ ...row, tenant: `client-${n}` })),
    );
    expect(created.filter(Boolean)).toHaveLength(1);
  });

  it('replaces a registration whole, and hears of the agent', async () => {
    const agents = buildDirectory();
    const row = anAgent({ name: 'before', capabilities: ['ocr'] });
    await agents.create(row);
    const { capabilities: _, ...next } = { ...row, name: 'after', updated_at: NOW_MS + 10 };
    await agents.replace(next);
    expect((await agents.read([row.agent_id])).get(row.agent_id)).toEqual({
      row: next,
      presence: { tenant: 'client-1', last_seen: NOW_MS + 10 },
    });
  });

  it('lists agents once, newest first, below a position, and not more than asked', async () => {
    const agents = buildDirectory();
    // Later than those of the other tests, which may share the table.
    const atMs = NOW_MS + 1e9;
    const rows = [3, 1, 2, 5, 4].map((n) => anAgent({ registered_at: atMs + n }));
    for (const row of rows) await agents.create(row);
    await agents.replace({ ...(rows[0] ?? anAgent()), updated_at: atMs + 10 });
    const expected = [...rows]
      .sort((a, b) => b.registered_at - a.registered_at)
      .map(({ registered_at, agent_id }) => `${registered_at}#${agent_id}`);
    expect((await agents.list({ below: TIME_INDEX_TOP, limit: 100 })).slice(0, 5)).toEqual(expected);
    expect(await agents.list({ below: TIME_INDEX_TOP, limit: 2 })).toEqual(expected.slice(0, 2));
    const below = expected[1] ?? '';
    expect(await agents.list({ below, limit: 3 })).toEqual(expected.slice(2));
    expect(await agents.list({ below: '1', limit: 3 })).toEqual([]);
  });

  it('reads more agents than a call takes', async () => {
    const agents = buildDirectory();
    const rows = Array.from({ length: 60 }, () => anAgent());
    for (const row of rows) await agents.create(row);
    expect((await agents.read(rows.map(({ agent_id }) => agent_id))).size).toBe(60);
  });
}
