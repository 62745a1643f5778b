import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';
import { NOW_MS } from '../../support/builders.ts';

const tagged = { type: 'echo', payload: 1, tags: ['a', 'b'] };

describe('a submission', () => {
  it('with tags or a start time is labelled before its row is there, and marked so', async () => {
    const order: string[] = [];
    const api = anApi({
      labels: (store) => ({
        put: async (labels) => {
          order.push('labels');
          return await store.put(labels);
        },
      }),
      tasks: (store) =>
        Object.assign(Object.create(store), {
          insert: async (rows: Parameters<typeof store.insert>[0]) => {
            order.push('rows');
            return await store.insert(rows);
          },
        }),
    });
    const scheduled_at = new Date(NOW_MS + 60_000).toISOString();
    const { body } = await api.post('/tasks', { ...tagged, scheduled_at });
    const row = api.tasks.rows.get(body.task_id);
    expect(order).toEqual(['labels', 'rows']);
    expect(row?.labelled).toBe(true);
    expect([...api.index.labels.values()].map(({ name }) => name)).toEqual(['tag#a', 'tag#b', 'scheduled']);
    for (const path of ['/tasks?tag=a', '/tasks?status=scheduled'])
      expect((await api.call(path)).body.items).toMatchObject([{ task_id: body.task_id }]);
  });

  it('without any puts none', async () => {
    const api = anApi({
      labels: () => ({
        put: async () => {
          throw new Error('nobody shall put labels');
        },
      }),
    });
    const { body } = await api.post('/tasks', { type: 'echo', payload: 1, tags: [] });
    expect(api.tasks.rows.get(body.task_id)).not.toHaveProperty('labelled');
  });

  it.each([
    ['are not confirmed', async () => [true, false]],
    ['cannot be put', async () => Promise.reject(new Error('down'))],
  ])('fails whose labels %s, and stores nothing of it', async (_, put) => {
    const api = anApi({ labels: () => ({ put }) });
    const { status, body } = await api.post('/tasks', tagged);
    expect([status, body.code]).toEqual([503, 'storage_unavailable']);
    expect(api.tasks.rows.size).toBe(0);
  });

  it('of a batch fails alone when its labels are not confirmed', async () => {
    const api = anApi({
      labels: () => ({ put: async (labels) => labels.map(({ name }) => name !== 'tag#b') }),
    });
    const echo = { type: 'echo', payload: 1 };
    const { status, body } = await api.post('/tasks/batch', {
      tasks: [echo, tagged, { ...echo, tags: ['a'] }],
    });
    expect(status).toBe(503);
    expect(body.items.map(({ index }: { index: number }) => index)).toEqual([0, 2]);
    expect(api.tasks.rows.size).toBe(2);
  });
});
