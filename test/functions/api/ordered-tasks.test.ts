import { describe, expect, it } from 'vitest';
import { fairnessGroupOf } from '../../../core/fairness.ts';
import { orderGroupOf } from '../../../core/order.ts';
import { NET_MS } from '../../../core/timer.ts';
import { anApi, type HarnessOptions } from '../../support/api-harness.ts';
import { claimed, NOW_MS } from '../../support/builders.ts';

const echo = (n: number, more: object = {}) => ({ type: 'echo', payload: n, ...more });
const key = { 'idempotency-key': 'key-1' };

/** The api, and the payloads of the tasks in the order of their messages. */
function setup(options: HarnessOptions = {}) {
  const api = anApi(options);
  const rowOf = (taskId: string) => {
    const row = api.tasks.rows.get(taskId);
    if (row === undefined) throw new Error(`there is no ${taskId}`);
    return row;
  };
  const sentPayloads = () => api.sent.map(({ task_id }) => JSON.parse(rowOf(task_id).payload ?? 'null'));
  return { api, rowOf, sentPayloads };
}

describe('a task with an ordering_key', () => {
  it('has its place before it is accepted, and shows its keys', async () => {
    const { api, rowOf } = setup();
    const { status, body } = await api.post(
      '/tasks',
      echo(1, { ordering_key: 'account 7', fairness_key: 'ü' }),
    );
    expect([status, body]).toMatchObject([
      202,
      { status: 'queued', ordering_key: 'account 7', fairness_key: 'ü' },
    ]);
    const row = rowOf(body.task_id);
    expect(row).toMatchObject({ ordering_key: 'account 7', fairness_key: 'ü', timer_at: NOW_MS + NET_MS });
    const { task_id } = body;
    expect(api.sent).toEqual([
      { task_id, generation: 1, lane: 'normal', queue: 'ordered', group: orderGroupOf(row), delaySeconds: 0 },
    ]);
    const shown = await api.call(`/tasks/${task_id}`);
    expect(shown.body).toMatchObject({ ordering_key: 'account 7', fairness_key: 'ü' });
  });

  it('fails with 503 while its place is not certain, and has it when it is sent again', async () => {
    let isUp = false;
    const { api, rowOf } = setup({ sendExpress: () => isUp });
    const body = echo(1, { ordering_key: 'k' });
    const failed = await api.post('/tasks', body, { headers: key });
    expect(failed).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    expect(failed.body.detail).toMatch(/stored without a certain place .* Idempotency-Key/);
    isUp = true;
    const again = await api.post('/tasks', body, { headers: key });
    expect([again.status, again.body.status]).toEqual([200, 'queued']);
    expect(api.sent.map(({ task_id }) => task_id)).toEqual([again.body.task_id, again.body.task_id]);
    api.tasks.rows.set(again.body.task_id, claimed(rowOf(again.body.task_id)));
    await api.post('/tasks', body, { headers: key });
    expect(api.sent).toHaveLength(2);
  });

  it('is not sent before its time: a message in its lane waits for that', async () => {
    const { api } = setup();
    const scheduled_at = new Date(NOW_MS + 60_000).toISOString();
    const { body } = await api.post('/tasks', echo(1, { ordering_key: 'k', scheduled_at }));
    expect([body.status, api.sent]).toEqual(['scheduled', []]);
  });

  it('may be urgent and has no express message: its place is in its key', async () => {
    const { api } = setup();
    await api.post('/tasks', echo(1, { ordering_key: 'k', priority: 1 }));
    expect(api.sent.map(({ queue }) => queue)).toEqual(['ordered']);
  });

  it('is no other than before without one: nothing is sent, and nothing stored for it', async () => {
    const { api, rowOf } = setup();
    const { body } = await api.post('/tasks', echo(1, { ordering_key: null, fairness_key: null }));
    expect([body.ordering_key, body.fairness_key, api.sent]).toEqual([null, null, []]);
    for (const name of ['ordering_key', 'fairness_key', 'timer_at'])
      expect(rowOf(body.task_id)).not.toHaveProperty(name);
  });

  it('restarts in its place', async () => {
    const { api, rowOf } = setup();
    const { body } = await api.post('/tasks', echo(1, { ordering_key: 'k' }));
    api.tasks.rows.set(body.task_id, claimed(rowOf(body.task_id)));
    const restarted = await api.post(`/tasks/${body.task_id}/restart`, undefined, { role: 'admin' });
    expect(restarted.body).toMatchObject({ status: 'processing', attempt: 1 });
    const { items } = (await api.call(`/tasks/${body.task_id}/history`)).body;
    expect(items.at(-1)).toMatchObject({ from: 'processing', to: 'processing', cause: 'restarted' });
  });
});

describe('a batch with ordering_keys', () => {
  const batch = (...keys: (string | null)[]) => ({
    tasks: keys.map((ordering_key, n) => echo(n, { ordering_key })),
  });

  it('is sent in the order of its body, and listed and timed by key', async () => {
    const { api, sentPayloads } = setup();
    const { status } = await api.post('/tasks/batch', batch('a', 'b', null, 'a', 'a'));
    expect([status, sentPayloads()]).toEqual([202, [0, 1, 3, 4]]);
    const rows = [...api.tasks.rows.values()].filter(({ ordering_key }) => ordering_key === 'a');
    expect(new Set(rows.map(({ timer_in }) => timer_in)).size).toBe(1);
    expect(rows.map(({ timer_at = 0 }) => timer_at - NOW_MS - NET_MS)).toEqual([0, 3, 4]);
  });

  it('fails with 503 and its items while a place is not certain', async () => {
    const { api } = setup({
      sendExpress: ({ group }) => group !== orderGroupOf({ tenant: 'client-1', ordering_key: 'a' }),
    });
    const { status, body } = await api.post('/tasks/batch', batch('a', 'b', 'a'));
    expect([status, body.code, body.items.length]).toEqual([503, 'storage_unavailable', 3]);
    expect(body.detail).toMatch(/all 3 tasks are stored, of which 2 without a certain place/);
    const told = api.log.find(({ message }) => message === 'ordered messages were not sent');
    expect(told?.fields).toEqual({ messages: 2 });
  });

  it('fails with 503 where a member is not stored for certain, and sends none behind it', async () => {
    const { api, sentPayloads } = setup({
      tasks: (store) => {
        const insert = store.insert.bind(store);
        store.insert = async (rows) => {
          const outcomes = await insert(rows);
          return outcomes.map((outcome, n) =>
            rows[n]?.payload === '1' ? { kind: 'unconfirmed', reason: 'throttled' } : outcome,
          );
        };
        return store;
      },
    });
    const { status } = await api.post('/tasks/batch', batch('a', 'a', 'a', 'b'));
    expect([status, sentPayloads()]).toEqual([503, [0, 3]]);
  });
});

it('takes its share of a lane by fairness_key, else by its agent, else by its caller', async () => {
  const { api } = setup();
  for (const more of [{ fairness_key: 'f', agent_id: 'a' }, { agent_id: 'a' }, {}])
    await api.post('/tasks', echo(1, { ...more, priority: 1 }));
  const tenant = 'client-1';
  expect(api.sent.map(({ group }) => group)).toEqual([
    fairnessGroupOf({ tenant, fairness_key: 'f' }),
    fairnessGroupOf({ tenant, agent_id: 'a' }),
    fairnessGroupOf({ tenant }),
  ]);
});
