import { describe, expect, it } from 'vitest';
import type { BulkReport } from '../../core/bulk.ts';
import type { TaskFilterInput } from '../../core/contract/task-filter-schema.ts';
import type { TaskSummary } from '../../core/contract/task-schema.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { hourOf, timeIndexKey, timeIndexSort } from '../../core/time-index.ts';
import { clientAs, request } from '../support/api.ts';
import { aRow, newTaskId } from '../support/builders.ts';
import { putRow } from '../support/probes/probe-rows.ts';
import { until } from '../support/until.ts';

const HOUR_MS = 3_600_000;
const fromNow = (ms: number) => new Date(Date.now() + ms).toISOString();
const client = () => clientAs('admin');

async function all(filter: TaskFilterInput, pageSize = 50): Promise<TaskSummary[]> {
  const items: TaskSummary[] = [];
  for await (const item of client().list(filter, { pageSize })) items.push(item);
  return items;
}

const idsOf = (items: readonly { readonly task_id: string }[]) => items.map(({ task_id }) => task_id);
const sorted = (ids: readonly string[]) => [...ids].sort();

/** Puts a row that somebody might have created so long ago, past the API. */
async function putOld(agoMs: number, change: Partial<TaskRow>): Promise<TaskRow> {
  const atMs = Date.now() - agoMs;
  const taskId = newTaskId();
  const row = aRow({}, { taskId, nowMs: atMs });
  return await putRow({
    ...row,
    listed_in: timeIndexKey(hourOf(atMs), 1),
    listed_at: timeIndexSort(atMs, taskId),
    ...change,
  });
}

describe('a list', () => {
  it('is narrowed by each filter alone, and by several, page by page, newest first', async () => {
    const mark = crypto.randomUUID();
    const agent_id = `agent:${mark}`;
    const started = fromNow(-1);
    const done = await client().submitBatch(
      Array.from({ length: 12 }, (_, n) => ({
        type: n % 2 === 0 ? 'echo' : 'word_count',
        payload: n % 2 === 0 ? n : { text: 'a b' },
        tags: n % 3 === 0 ? [mark, 'third'] : [mark],
        priority: n < 6 ? 5 : 9,
        agent_id,
      })),
    );
    const broken = { type: 'data_processing', payload: { data: 1, expression: '$error("no")' } };
    const failing = await client().submitBatch(
      Array.from({ length: 3 }, () => ({ ...broken, tags: [mark], priority: 3 })),
    );
    const waiting = await client().submit({
      type: 'echo',
      payload: 1,
      tags: [mark],
      scheduled_at: fromNow(HOUR_MS),
    });
    const ids = idsOf([...done.items, ...failing.items, waiting]);
    // At once, whether or not they have run: by the time that a submission is answered its tags find it.
    expect(sorted(idsOf(await all({ tag: mark }, 5)))).toEqual(sorted(ids));
    for (const id of ids.slice(0, -1)) await client().wait(id);

    const meant: readonly [TaskFilterInput, readonly string[]][] = [
      [{ tag: mark }, ids],
      [{ agent_id }, idsOf(done.items)],
      [{ status: 'failed', tag: mark }, idsOf(failing.items)],
      [{ status: 'failed', lane: 'high', tag: mark, type: 'data_processing' }, idsOf(failing.items)],
      [{ status: 'scheduled', tag: mark }, [waiting.task_id]],
      [{ scheduled_before: fromNow(2 * HOUR_MS), tag: mark }, [waiting.task_id]],
      [{ scheduled_before: fromNow(HOUR_MS / 2), tag: mark }, []],
      [{ tag: mark, created_before: started }, []],
      [{ tag: mark, lane: 'low', type: 'echo' }, idsOf(done.items.filter((_, n) => n >= 6 && n % 2 === 0))],
      [{ tag: 'third', agent_id, status: 'completed' }, idsOf(done.items.filter((_, n) => n % 3 === 0))],
      [{ tag: mark, status: 'failed', agent_id }, []],
    ];
    for (const [filter, expected] of meant) {
      const found = await all(filter, 4);
      expect(sorted(idsOf(found)), JSON.stringify(filter)).toEqual(sorted(expected));
      const created = found.map(({ created_at }) => created_at);
      expect(created, JSON.stringify(filter)).toEqual([...created].sort().reverse());
    }
    // Alone these match tasks of others too.
    const alone: readonly [TaskFilterInput, (task: TaskSummary) => boolean, readonly string[]][] = [
      [{ status: 'failed' }, ({ status }) => status === 'failed', idsOf(failing.items)],
      [{ status: 'scheduled' }, ({ status }) => status === 'scheduled', [waiting.task_id]],
      [{ scheduled_before: fromNow(2 * HOUR_MS) }, (task) => task.scheduled_at !== null, [waiting.task_id]],
      [
        { type: 'word_count' },
        ({ type }) => type === 'word_count',
        idsOf(done.items.filter((_, n) => n % 2 === 1)),
      ],
      [{ lane: 'low' }, ({ lane }) => lane === 'low', idsOf(done.items.slice(6))],
      [{ created_after: started }, ({ created_at }) => created_at > started, ids],
    ];
    for (const [filter, isMeant, expected] of alone) {
      const found = await all(filter);
      expect(found.every(isMeant), JSON.stringify(filter)).toBe(true);
      expect(idsOf(found), JSON.stringify(filter)).toEqual(expect.arrayContaining([...expected]));
    }
    await client().bulkCancel({ tag: mark, status: 'scheduled' });
  });

  it('has a failed task of last month on the first page, and no expired one', async () => {
    const month = 31 * 24 * HOUR_MS;
    const failed = { status: 'failed', failed_in: 'low', priority: 9, expires_at: 2e9 } as const;
    const old = await putOld(month, failed);
    await putOld(month - 1000, { ...failed, expires_at: 1 });
    const query = `status=failed&lane=low&created_before=${fromNow(-month + 1)}&limit=1`;
    const { body } = await request(`/tasks?${query}`, { role: 'task_executor' });
    expect(body).toMatchObject({ items: [{ task_id: old.task_id }] });
  });

  it('finds a task by the tags that a change has given it, and no longer by those that it has taken', async () => {
    const [before, after] = [crypto.randomUUID(), crypto.randomUUID()];
    const { task_id } = await client().submit({
      type: 'echo',
      payload: 1,
      tags: [before],
      scheduled_at: fromNow(HOUR_MS),
    });
    const path = `/tasks/${task_id}`;
    const patched = await request(path, {
      method: 'PATCH',
      role: 'task_submitter',
      body: JSON.stringify({ tags: [after] }),
    });
    expect(patched.status).toBe(200);
    await until('the new tag to be listed', async () => (await all({ tag: after })).length === 1);
    expect(await all({ tag: before })).toEqual([]);
    await request(`${path}/cancel`, { method: 'POST', role: 'task_submitter' });
  });

  it('finds a task by its tags that was not submitted over the API', async () => {
    const tag = crypto.randomUUID();
    const row = await putOld(1000, { tags: [tag] });
    await until('the tag to be listed', async () => (await all({ tag }))[0]?.task_id === row.task_id);
  });
});

describe('a bulk task', () => {
  const submit = async (tag: string, count: number, more: object = {}) =>
    (
      await client().submitBatch(
        Array.from({ length: count }, (_, n) => ({ type: 'echo', payload: n, tags: [tag], ...more })),
      )
    ).items;
  const outputOf = async (taskId: string) => {
    expect((await client().wait(taskId)).status).toBe('completed');
    return (await client().result(taskId)).output as BulkReport;
  };

  it('cancels 300 tasks, tells which it could not, and leaves later ones alone', async () => {
    const tag = crypto.randomUUID();
    const ended = await submit(tag, 3);
    for (const { task_id } of ended) await client().wait(task_id);
    const waiting = await submit(tag, 300, { scheduled_at: fromNow(HOUR_MS) });
    expect(await client().bulkCancel({ tag }, { dryRun: true })).toEqual({ matched: 303 });
    expect(await client().bulkCancel({ tag, status: 'scheduled' }, { dryRun: true })).toEqual({
      matched: 300,
    });
    expect(await all({ tag, status: 'cancelled' })).toEqual([]);

    const idempotencyKey = crypto.randomUUID();
    const { task_id } = await client().bulkCancel({ tag }, { idempotencyKey });
    const [later] = await submit(tag, 1, { scheduled_at: fromNow(HOUR_MS) });
    expect(await client().bulkCancel({ tag }, { idempotencyKey })).toEqual({ task_id });
    const output = await outputOf(task_id);
    expect(output).toMatchObject({ matched: 303, changed: 300, refused_count: 3 });
    expect(sorted(idsOf(output.refused))).toEqual(sorted(idsOf(ended)));
    expect(output.refused.every(({ status }) => status === 'completed')).toBe(true);

    expect(sorted(idsOf(await all({ tag, status: 'cancelled' }, 200)))).toEqual(sorted(idsOf(waiting)));
    expect(await client().get(later?.task_id ?? '')).toMatchObject({ status: 'scheduled' });
    expect(await client().get(task_id)).toMatchObject({
      type: 'bulk_cancel',
      progress: { percent: 100, message: expect.stringMatching(/^\d+ of 303 done/) },
    });
    expect(await outputOf((await client().bulkCancel({ tag, status: 'scheduled' })).task_id)).toMatchObject({
      matched: 1,
      changed: 1,
    });
  });

  it('retries failed tasks, each once', async () => {
    const tag = crypto.randomUUID();
    const broken = { type: 'data_processing', payload: { data: 1, expression: '$error("no")' } };
    const failing = await submit(tag, 20, broken);
    for (const { task_id } of failing) await client().wait(task_id);
    const filter = { tag, status: 'failed', created_after: fromNow(-HOUR_MS) } as const;
    const output = await outputOf((await client().bulkRetry(filter)).task_id);
    expect(output).toEqual({ matched: 20, changed: 20, refused_count: 0, refused: [] });
    await until('all to have failed again', async () => {
      const items = await all(filter);
      return items.length === 20 && items.every(({ attempt }) => attempt === 2);
    });
  });

  it('is nothing that a submitter may start, or submit as a task', async () => {
    for (const role of ['task_submitter', 'task_executor'] as const) {
      const body = JSON.stringify({ filter: { tag: 'x' }, dry_run: true });
      const answer = await request('/tasks/bulk/cancel', { method: 'POST', role, body });
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([403, 'forbidden']);
    }
    const task = { type: 'bulk_cancel', payload: { filter: { tag: 'x' } } };
    await expect(client().submit(task)).rejects.toMatchObject({ status: 422 });
  });
});
