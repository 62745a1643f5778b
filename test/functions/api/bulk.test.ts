import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';
import { NOW_MS } from '../../support/builders.ts';

const NOW = new Date(NOW_MS).toISOString();
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

/** An API with 30 tasks, ten of them with the tag `a`. */
async function aFilledApi() {
  const api = anApi();
  const tasks = Array.from({ length: 30 }, (_, n) => ({
    type: 'echo',
    payload: n,
    tags: n % 3 === 0 ? ['a'] : ['b'],
  }));
  await api.post('/tasks/batch', { tasks });
  return api;
}

describe.each(['cancel', 'retry'])('POST /tasks/bulk/%s', (kind) => {
  const path = `/tasks/bulk/${kind}`;

  it('starts a task that does it, on the lane that waits for nobody, and changes nothing itself', async () => {
    const api = await aFilledApi();
    const { status, headers, body } = await api.post(path, { filter: { tag: 'a' }, dry_run: false });
    expect(status).toBe(202);
    expect(body).toEqual({ task_id: expect.stringMatching(/^task-/) });
    expect(headers.location).toBe(`/api/v1/tasks/${body.task_id}`);
    expect((await api.call(`/tasks/${body.task_id}`)).body).toMatchObject({
      type: `bulk_${kind}`,
      name: `bulk ${kind}`,
      lane: 'critical',
      status: 'queued',
      timeout_seconds: 60,
      retry: { max_attempts: 20 },
      payload: { filter: { tag: 'a', created_before: NOW } },
    });
    expect(api.sent).toMatchObject([{ task_id: body.task_id, lane: 'critical' }]);
    expect([...api.tasks.rows.values()].every(({ status: state }) => state === 'queued')).toBe(true);
  });

  it.each([
    [{ created_before: '2026-11-21T09:00:00Z' }, '2026-11-21T09:00:00.000Z'],
    [{ created_before: '2031-01-01T00:00:00Z' }, NOW],
    [{ created_after: '2026-11-21T09:00:00Z' }, NOW],
  ])('with %j leaves alone what is created from %s on', async (filter, created_before) => {
    const api = anApi();
    const { body } = await api.post(path, { filter });
    const task = await api.call(`/tasks/${body.task_id}`);
    expect(task.body.payload).toEqual({ filter: { ...filter, created_before } });
  });

  it('with dry_run counts what the filter matches, and starts nothing', async () => {
    const api = await aFilledApi();
    const { status, body } = await api.post(path, { filter: { tag: 'a' }, dry_run: true });
    expect([status, body]).toEqual([200, { matched: 10 }]);
    const none = await api.post(path, { filter: { tag: 'c' }, dry_run: true }, keyed('k'));
    expect([none.status, none.body]).toEqual([200, { matched: 0 }]);
    expect(api.tasks.rows.size).toBe(30);
  });

  it('with dry_run says so where it could not count all in time', async () => {
    const api = await aFilledApi();
    await api.post('/tasks/batch', {
      tasks: Array.from({ length: 200 }, (_, n) => ({ type: 'echo', payload: n })),
    });
    const rows = api.index.rows.bind(api.index);
    api.index.rows = async (ids) => {
      api.clock.advance(20_000);
      return await rows(ids);
    };
    const { status, body } = await api.post(path, { filter: { type: 'echo' }, dry_run: true });
    expect([status, body.complete]).toEqual([200, false]);
    expect(body.matched).toBeGreaterThan(0);
    expect(body.matched).toBeLessThan(230);
  });

  it('sent again with its key answers 200 with the same task, later too', async () => {
    const api = await aFilledApi();
    const first = await api.post(path, { filter: { tag: 'a' } }, keyed('k'));
    api.clock.advance(60_000);
    const again = await api.post(path, { filter: { tag: 'a' } }, keyed('k'));
    expect([again.status, again.body]).toEqual([200, first.body]);
    const other = await api.post(path, { filter: { tag: 'b' } }, keyed('k'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('fails when the task is not stored for certain', async () => {
    const api = anApi({
      tasks: (store) =>
        Object.assign(Object.create(store), {
          insert: async () => [{ kind: 'unconfirmed', reason: 'down' }],
        }),
    });
    const { status, body } = await api.post(path, { filter: { tag: 'a' } });
    expect([status, body.code]).toEqual([503, 'storage_unavailable']);
  });
});

it('a key of one bulk route is none of the other', async () => {
  const api = await aFilledApi();
  const [cancel, retry] = [
    await api.post('/tasks/bulk/cancel', { filter: { tag: 'a' } }, keyed('k')),
    await api.post('/tasks/bulk/retry', { filter: { tag: 'a' } }, keyed('k')),
  ];
  expect([cancel.status, retry.status]).toEqual([202, 202]);
  expect(cancel.body.task_id).not.toBe(retry.body.task_id);
});
