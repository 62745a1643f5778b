import { describe, expect, it } from 'vitest';
import { TasklaneClient, TasklaneError } from '../../client/index.ts';
import { apiFetch } from '../support/api-fetch.ts';
import { anApi } from '../support/api-harness.ts';

/** A client of functions in memory, whose first answers are lost. */
function aClient(lost = 0) {
  const api = anApi();
  const send = apiFetch(api.handle);
  const sent: string[] = [];
  const client = new TasklaneClient({
    baseUrl: 'http://localhost:4566',
    token: 'token',
    fetch: async (input, init = {}) => {
      const { pathname, search } = new URL(String(input));
      sent.push(`${init.method} ${decodeURIComponent(pathname.replace('/api/v1', '') + search)}`);
      const answer = await send(input, init);
      if (sent.length <= lost) throw new TypeError('fetch failed');
      return answer;
    },
    wait: async () => undefined,
  });
  return { api, agents: client.agents, sent };
}

const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof TasklaneError ? error.code : error;
};

describe('agents by the client', () => {
  it('are registered, read and listed', async () => {
    const { agents, sent, api } = aClient();
    expect(await agents.register('agent:7', { capabilities: ['ocr'] })).toMatchObject({
      agent_id: 'agent:7',
      capabilities: ['ocr'],
      available: true,
    });
    expect(await agents.get('agent:7')).toMatchObject({ totals: { total: 0 }, success_rate: null });
    for (const n of [1, 2, 3]) {
      api.clock.advance(1);
      await agents.register(`agent:${n}`);
    }
    const ids: string[] = [];
    for await (const { agent_id } of agents.list({ pageSize: 3 })) ids.push(agent_id);
    expect(ids).toEqual(['agent:3', 'agent:2', 'agent:1', 'agent:7']);
    expect(sent.filter((line) => line.startsWith('GET /agents?'))).toHaveLength(2);
    expect(sent[0]).toBe('PUT /agents/agent:7');
  });

  it('fail as the API does', async () => {
    const { agents } = aClient();
    expect(await codeOf(agents.get('nobody'))).toBe('agent_not_found');
    expect(await codeOf(agents.register('shared'))).toBe('validation_failed');
    expect(await codeOf(agents.memory('nobody').get('k'))).toBe('agent_not_found');
  });

  it('are registered once more when the answer was lost', async () => {
    const { agents, sent } = aClient(1);
    expect((await agents.register('agent:7')).agent_id).toBe('agent:7');
    expect(sent).toHaveLength(2);
  });
});

describe('memory by the client', () => {
  it('puts, gets, reads many and deletes', async () => {
    const { agents, sent } = aClient();
    await agents.register('agent:7');
    const memory = agents.memory('agent:7');
    const put = await memory.put('k:1', { n: 1 }, { ttlSeconds: 60 });
    expect(put).toMatchObject({ key: 'k:1', value: { n: 1 }, expires_at: '2026-11-21T10:01:00.000Z' });
    expect(await memory.get('k:1')).toEqual(put);
    expect(await memory.getMany(['x', 'k:1'])).toEqual([put]);
    expect(await memory.delete('k:1')).toBeUndefined();
    expect(await memory.get('k:1')).toBeUndefined();
    expect(sent.slice(1, 4)).toEqual([
      'PUT /agents/agent:7/memory/k:1',
      'GET /agents/agent:7/memory/k:1',
      'GET /agents/agent:7/memory?keys=x,k:1',
    ]);
  });

  it('is the one that all share unless an agent is named', async () => {
    const { agents, api } = aClient();
    await agents.memory().put('k', 1);
    expect([...api.memory.items.keys()]).toEqual(['shared#k']);
  });

  it('compares and sets', async () => {
    const memory = aClient().agents.memory();
    const first = await memory.put('k', 1, { ifAbsent: true });
    expect(await codeOf(memory.put('k', 2, { ifAbsent: true }))).toBe('version_mismatch');
    const second = await memory.put('k', 2, { ifVersion: first.version });
    expect(await codeOf(memory.put('k', 3, { ifVersion: first.version }))).toBe('version_mismatch');
    expect(await codeOf(memory.delete('k', { ifVersion: first.version }))).toBe('version_mismatch');
    await memory.delete('k', { ifVersion: second.version });
  });

  it('sends a write again whose answer was lost, unless it has a condition', async () => {
    const plain = aClient(1);
    expect(await plain.agents.memory().put('k', 1)).toMatchObject({ value: 1 });
    expect(plain.sent).toHaveLength(2);
    const conditional = aClient(1);
    await expect(conditional.agents.memory().put('k', 1, { ifAbsent: true })).rejects.toThrow('fetch failed');
    expect(conditional.sent).toHaveLength(1);
  });
});
