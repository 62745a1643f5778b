import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishWrite } from '../../../core/finish.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import { anApi } from '../../support/api-harness.ts';
import { claimed } from '../../support/builders.ts';

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
const echo = (payload: unknown = 1) => ({ type: 'echo', payload });

/** Runs a stored task to its end; it expires an hour later. */
function complete(api: ReturnType<typeof anApi>, taskId: string): void {
  const row = api.tasks.rows.get(taskId);
  if (row === undefined) throw new Error('no such row');
  const running = claimed(row);
  const terms = { nowMs: api.clock.nowMs(), random: 0, policy: DEFAULT_RETRY, retentionSeconds: 3600 };
  const finish = finishWrite(running, { kind: 'succeeded', resultAttempt: 1 }, terms);
  const outcome = applyRowWrite(running, finish);
  if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('not completed');
  api.tasks.rows.set(taskId, outcome.row);
}

describe('a submission with an idempotency key', () => {
  it('sent again answers 200 with the same task, as it is now', async () => {
    const api = anApi();
    const first = await api.post('/tasks', echo(), keyed('k'));
    expect(first.status).toBe(202);
    complete(api, first.body.task_id);
    const again = await api.post('/tasks', echo(), keyed('k'));
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ task_id: first.body.task_id, status: 'completed', payload: 1 });
    expect(api.tasks.rows.size).toBe(1);
  });

  it('is the same body whatever the order of its names', async () => {
    const api = anApi();
    await api.post('/tasks', '{"type":"echo","payload":{"a":1,"b":[1,{"x":1,"y":2}]}}', keyed('k'));
    const again = await api.post(
      '/tasks',
      '{"payload": {"b":[1,{"y":2,"x":1}], "a":1.0}, "type":"echo"}',
      keyed('k'),
    );
    expect(again.status).toBe(200);
  });

  it('fails with 422 for another body, and leaves the task as it is', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', echo(), keyed('k'));
    const before = api.tasks.rows.get(body.task_id);
    const other = await api.post('/tasks', echo(2), keyed('k'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect([...api.tasks.rows.values()]).toEqual([before]);
  });

  it('leaves the stored payload of a task that has ended to go with it', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', echo('a'.repeat(2000)), keyed('k'));
    const lifeOf = () => [...api.results.payloads.values()].map(({ expiresAtSeconds }) => expiresAtSeconds);
    const [whole = 0] = lifeOf();
    expect((await api.post('/tasks', echo('a'.repeat(2000)), keyed('k'))).status).toBe(200);
    expect(lifeOf()).toEqual([whole]);
    complete(api, body.task_id);
    expect((await api.post('/tasks', echo('a'.repeat(2000)), keyed('k'))).status).toBe(200);
    expect(lifeOf()).toEqual([api.tasks.rows.get(body.task_id)?.expires_at]);
  });

  it('never has its stored payload overwritten by another body', async () => {
    const api = anApi();
    const payload = 'a'.repeat(2000);
    const { body } = await api.post('/tasks', echo(payload), keyed('k'));
    expect((await api.post('/tasks', echo('b'.repeat(2000)), keyed('k'))).status).toBe(422);
    expect((await api.call(`/tasks/${body.task_id}`)).body.payload).toBe(payload);
  });

  it('belongs to its caller and its route', async () => {
    const api = anApi();
    const ids = [
      (await api.post('/tasks', echo(), keyed('k'))).body.task_id,
      (await api.post('/tasks', echo(), { ...keyed('k'), tenant: 'client-2' })).body.task_id,
      (await api.post('/tasks/batch', { tasks: [echo()] }, keyed('k'))).body.items[0].task_id,
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('sends its express message again while nobody has claimed the task, and no longer', async () => {
    const api = anApi();
    const submit = () => api.post('/tasks', { ...echo(), priority: 1 }, keyed('k'));
    const { body } = await submit();
    await submit();
    expect(api.sent).toHaveLength(2);
    complete(api, body.task_id);
    await submit();
    expect(api.sent).toHaveLength(2);
  });

  it('is forgotten with its task: after the retention the key is free', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', echo(), keyed('k'));
    complete(api, body.task_id);
    api.clock.advance(3600_000);
    const other = await api.post('/tasks', echo(2), keyed('k'));
    expect(other.status).toBe(202);
    expect(other.body).toMatchObject({ task_id: body.task_id, status: 'queued', payload: 2 });
  });

  it('fails with 503 while the expired task of the key cannot be removed', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', echo(), keyed('k'));
    complete(api, body.task_id);
    api.clock.advance(3600_000);
    api.index.remove = () => Promise.reject(new Error('throttled'));
    expect((await api.post('/tasks', echo(), keyed('k'))).status).toBe(503);
  });

  it('makes one task of any number of attempts at the same time', async () => {
    // Such keys are refused, wherever they are (bad-input.test.ts).
    const payload = fc.jsonValue({ maxDepth: 3 }).filter((value) => !/__proto__/.test(JSON.stringify(value)));
    const body = fc.record({ type: fc.constant('echo'), payload });
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
        async (bodies, picks) => {
          const api = anApi();
          const attempts = Array.from({ length: 4 }, () => bodies[(picks.next().value ?? 0) % bodies.length]);
          const answers = await Promise.all(
            attempts.map((attempt) => api.post('/tasks', attempt, keyed('k'))),
          );
          expect(api.tasks.rows.size).toBe(1);
          const accepted = answers.filter(({ status }) => status < 300);
          expect(accepted.filter(({ status }) => status === 202)).toHaveLength(1);
          expect(new Set(accepted.map(({ body }) => JSON.stringify(body.payload))).size).toBe(1);
          for (const answer of answers.filter(({ status }) => status >= 300))
            expect(answer.body.code).toBe('idempotency_key_reused');
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a batch with an idempotency key', () => {
  const tasks = Array.from({ length: 5 }, (_, n) => echo(n));

  it('sent again answers 200 with the same items, whatever has become of them', async () => {
    const api = anApi();
    const first = await api.post('/tasks/batch', { tasks }, keyed('k'));
    expect(first.status).toBe(202);
    complete(api, first.body.items[3].task_id);
    const again = await api.post('/tasks/batch', { tasks }, keyed('k'));
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(api.tasks.rows.size).toBe(5);
  });

  it('fails with 422 for another batch, of which nothing is stored', async () => {
    const api = anApi();
    await api.post('/tasks/batch', { tasks }, keyed('k'));
    const other = await api.post('/tasks/batch', { tasks: [...tasks, echo('more')] }, keyed('k'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(api.tasks.rows.size).toBe(5);
  });

  it('that was half stored is completed, doubling none', async () => {
    let refused = new Set([2, 4]);
    const api = anApi({
      tasks: (store) => {
        const insert = store.insert.bind(store);
        const isRefused = (payload: string | undefined) => refused.has(Number(payload));
        return Object.assign(store, {
          insert: async (rows: Parameters<typeof insert>[0]) =>
            await Promise.all(
              rows.map(async (row) => {
                if (isRefused(row.payload)) return { kind: 'unconfirmed', reason: 'throttled' } as const;
                return (await insert([row]))[0] ?? { kind: 'unconfirmed', reason: '' };
              }),
            ),
        });
      },
    });
    const half = await api.post('/tasks/batch', { tasks }, keyed('k'));
    expect([half.status, half.body.code]).toEqual([503, 'storage_unavailable']);
    expect(half.body.items.map(({ index }: { index: number }) => index)).toEqual([0, 1, 3]);
    expect([...api.tasks.rows.keys()]).toEqual(
      half.body.items.map(({ task_id }: { task_id: string }) => task_id),
    );

    refused = new Set();
    const whole = await api.post('/tasks/batch', { tasks }, keyed('k'));
    expect(whole.status).toBe(202);
    expect(whole.body.items).toHaveLength(5);
    expect(whole.body.items).toEqual(expect.arrayContaining(half.body.items));
    expect(api.tasks.rows.size).toBe(5);
  });

  it('whose first member is not confirmed stores no other', async () => {
    const api = anApi({
      tasks: (store) =>
        Object.assign(store, {
          insert: async () => {
            throw new Error('reset');
          },
        }),
    });
    const { status, body } = await api.post('/tasks/batch', { tasks }, keyed('k'));
    expect([status, body.items]).toEqual([503, []]);
    expect(api.tasks.rows.size).toBe(0);
  });

  it('fails with the items that are stored where a later member of an older batch still has the key', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks/batch', { tasks: tasks.slice(0, 2) }, keyed('k'));
    complete(api, body.items[0].task_id);
    api.clock.advance(3600_000);
    const other = await api.post('/tasks/batch', { tasks: [echo('x'), echo('y')] }, keyed('k'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(other.body.items.map(({ index }: { index: number }) => index)).toEqual([0]);
  });
});

describe('a batch without a key', () => {
  it('answers 202 with an item a member, in their order', async () => {
    const api = anApi();
    const tasks = Array.from({ length: 500 }, (_, n) => ({ ...echo(n), priority: (n % 10) + 1 }));
    const { status, body } = await api.post('/tasks/batch', { tasks });
    expect(status).toBe(202);
    expect(body.items).toHaveLength(500);
    for (const [index, item] of body.items.entries()) {
      expect(item).toEqual({ index, task_id: expect.stringMatching(/^task-/), status: 'queued' });
      expect(api.tasks.rows.get(item.task_id)?.payload).toBe(String(index));
    }
    expect(api.sent).toHaveLength(100);
  });

  it('fails with 503 and the items that are stored when storing fails half-way', async () => {
    const api = anApi({
      results: (store) => Object.assign(store, { putPayloads: async () => [false, true] }),
    });
    const tasks = [echo('x'.repeat(2000)), echo(1), echo('y'.repeat(2000))];
    const { status, body } = await api.post('/tasks/batch', { tasks });
    expect([status, body.code]).toEqual([503, 'storage_unavailable']);
    expect(body.items.map(({ index }: { index: number }) => index)).toEqual([1, 2]);
    expect(api.tasks.rows.size).toBe(2);
  });
});
