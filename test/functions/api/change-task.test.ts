import { describe, expect, it } from 'vitest';
import { cancelChange } from '../../../core/changes/cancel-task.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { anApi } from '../../support/api-harness.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';

const iso = (atMs: number) => new Date(atMs).toISOString();

/** An API that has one task, in a state of its own. */
function given(row: TaskRow) {
  const api = anApi();
  api.tasks.rows.set(row.task_id, row);
  const path = `/tasks/${row.task_id}`;
  const now = () => api.tasks.rows.get(row.task_id);
  return { api, path, now };
}

const failed = (more: Partial<TaskRow> = {}): TaskRow => ({
  ...claimed(aRow()),
  status: 'failed',
  failures: 1,
  failed_in: 'normal',
  expires_at: NOW_MS / 1000 + 60,
  error: { code: 'boom', message: 'it broke', retryable: true },
  ...more,
});

describe('cancelling a task', () => {
  it.each(['waiting', 'scheduled', 'queued', 'retrying'] as const)(
    'ends one that is %s at once',
    async (status) => {
      const { api, path, now } = given({ ...aRow(), status, timer_at: NOW_MS + 5, timer_in: '0' });
      const { status: answered, body } = await api.post(`${path}/cancel`, undefined);
      expect([answered, body.status, body.error.code]).toEqual([200, 'cancelled', 'cancelled']);
      expect(now()).not.toHaveProperty('timer_at');
      expect(now()?.claimable_at).toBe(Number.MAX_SAFE_INTEGER);
    },
  );

  it('ends a failed one, and tells how it had failed', async () => {
    const { api, path, now } = given(failed());
    const { status, body } = await api.post(`${path}/cancel`, undefined);
    expect([status, body.status]).toEqual([200, 'cancelled']);
    expect(body.error.message).toContain('boom: it broke');
    expect(now()).not.toHaveProperty('failed_in');
  });

  it('asks the attempt of a running one to stop, as often as it is called', async () => {
    const { api, path, now } = given(claimed(aRow()));
    for (const _ of [1, 2]) {
      const { status, body } = await api.post(`${path}/cancel`, undefined);
      expect([status, body.status]).toEqual([202, 'processing']);
    }
    expect(now()).toMatchObject({ cancel_requested: true, version: 2 });
    expect(api.tasks.writes).toHaveLength(1);
  });

  it.each(['completed', 'cancelled'] as const)('fails with 409 for one that is %s', async (status) => {
    const { api, path } = given({ ...claimed(aRow()), status });
    const answer = await api.post(`${path}/cancel`, undefined);
    expect([answer.status, answer.body.code, answer.body.task_status]).toEqual([
      409,
      'invalid_state_transition',
      status,
    ]);
  });

  it('decides anew when the task has moved on between the look and the write', async () => {
    const row = aRow();
    const { api, path, now } = given(row);
    const write = api.tasks.write.bind(api.tasks);
    api.tasks.write = async (writes) => {
      api.tasks.rows.set(row.task_id, claimed(row));
      api.tasks.write = write;
      return await write(writes);
    };
    const { status } = await api.post(`${path}/cancel`, undefined);
    expect([status, now()?.status, now()?.cancel_requested]).toEqual([202, 'processing', true]);
  });

  it('fails with 503 when the store does not say whether it was written', async () => {
    const { api, path } = given(aRow());
    api.tasks.write = async (writes) => writes.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
    const { status, body } = await api.post(`${path}/cancel`, undefined);
    expect([status, body.code]).toEqual([503, 'storage_unavailable']);
  });
});

describe('retrying a failed task by hand', () => {
  it('starts its policy again and goes on counting its attempts', async () => {
    const { api, path, now } = given(failed({ solo: true, deadline: NOW_MS - 1 }));
    const { status, body } = await api.post(`${path}/retry`, undefined);
    expect([status, body.status, body.attempt, body.error, body.deadline]).toEqual([
      202,
      'queued',
      1,
      null,
      null,
    ]);
    expect(now()).toMatchObject({
      generation: 2,
      claimable_at: 0,
      counted: 1,
      life: { attempt: 1, failures: 1, released: 0 },
    });
    for (const name of ['failed_in', 'expires_at', 'solo', 'deadline'])
      expect(now()).not.toHaveProperty(name);
  });

  it('keeps a deadline that is still to come', async () => {
    const { api, path, now } = given(failed({ deadline: NOW_MS + 1 }));
    await api.post(`${path}/retry`, undefined);
    expect(now()).toMatchObject({ deadline: NOW_MS + 1, timer_at: NOW_MS + 1 });
  });

  it('fails with 409 for a task that has not failed', async () => {
    const { api, path } = given(aRow());
    const { status, body } = await api.post(`${path}/retry`, undefined);
    expect([status, body.code]).toEqual([409, 'invalid_state_transition']);
  });
});

describe('restarting a task', () => {
  it('takes it away from its attempt', async () => {
    const { api, path, now } = given(claimed(aRow()));
    const { status, body } = await api.post(`${path}/restart`, undefined, { role: 'admin' });
    expect([status, body.status]).toEqual([200, 'queued']);
    expect(now()).toMatchObject({ generation: 2, claimable_at: 0, attempt: 1 });
  });

  it('fails with 409 for a task that does not run', async () => {
    const { api, path } = given(aRow());
    const { status, body } = await api.post(`${path}/restart`, undefined, { role: 'admin' });
    expect([status, body.code]).toEqual([409, 'invalid_state_transition']);
  });
});

describe('changing a task', () => {
  const patch = (row: TaskRow, body: unknown, headers: Record<string, string> = {}) => {
    const one = given(row);
    return { ...one, answer: one.api.call(one.path, { method: 'PATCH', body, headers }) };
  };

  it('moves a queued one to its new lane: the message of before dies', async () => {
    const { answer, now } = patch(aRow(), { priority: 1 });
    expect((await answer).body).toMatchObject({ priority: 1, lane: 'critical', version: 2 });
    expect((await answer).headers.etag).toBe('"2"');
    expect(now()?.generation).toBe(2);
  });

  it('moves nothing inside a lane, and nothing by metadata and tags', async () => {
    const { answer, now } = patch(aRow({ priority: 5 }), { priority: 6, metadata: { a: 1 }, tags: ['x'] });
    expect((await answer).body).toMatchObject({ priority: 6, metadata: { a: 1 }, tags: ['x'] });
    expect(now()).toMatchObject({ generation: 1, version: 2 });
  });

  it('stores no default', async () => {
    const row = aRow({ priority: 1, metadata: { a: 1 }, tags: ['x'], deadline: NOW_MS + 60_000 });
    const { answer, now } = patch(row, { priority: 5, metadata: {}, tags: [], deadline: null });
    expect((await answer).status).toBe(200);
    for (const name of ['priority', 'metadata', 'tags', 'deadline', 'timer_at', 'timer_in'])
      expect(now()).not.toHaveProperty(name);
  });

  it('reschedules: later, and at once', async () => {
    const later = patch(aRow(), { scheduled_at: iso(NOW_MS + 3_600_000) });
    expect((await later.answer).body).toMatchObject({
      status: 'scheduled',
      scheduled_at: iso(NOW_MS + 3_600_000),
    });
    expect(later.now()).toMatchObject({
      claimable_at: NOW_MS + 3_600_000,
      timer_at: NOW_MS + 3_600_000,
      generation: 2,
    });

    const scheduled = aRow({ scheduled_at: NOW_MS + 3_600_000 });
    const now = patch(scheduled, { scheduled_at: null });
    expect((await now.answer).body).toMatchObject({ status: 'queued', scheduled_at: null });
    expect(now.now()).toMatchObject({ claimable_at: 0, generation: 2 });
    expect(now.now()).not.toHaveProperty('timer_at');
  });

  it('keeps to the version that its caller has seen', async () => {
    const { answer } = patch(aRow(), { priority: 1 }, { 'if-match': '"1"' });
    expect((await answer).status).toBe(200);
    const stale = patch(aRow(), { priority: 1 }, { 'if-match': '2' });
    expect(await stale.answer).toMatchObject({ status: 412, body: { code: 'version_mismatch', version: 1 } });
    expect(stale.now()?.version).toBe(1);
  });

  it.each(['processing', 'completed', 'failed', 'cancelled'] as const)(
    'fails with 409 for one that is %s',
    async (status) => {
      const { answer } = patch({ ...claimed(aRow()), status }, { priority: 1 });
      expect(await answer).toMatchObject({ status: 409, body: { code: 'invalid_state_transition' } });
    },
  );

  it.each<[string, unknown, string, RegExp]>([
    ['nothing to change', {}, '', /at least one field/],
    ['a list', [], '', /a list is no object/],
    ['an unknown field', { name: 'x', priority: 1 }, '/name', /unknown/],
    ['priority 0', { priority: 0 }, '/priority', /at least 1/],
    ['priority null', { priority: null }, '/priority', /null is no number/],
    ['a scheduled_at that is no time', { scheduled_at: 'soon' }, '/scheduled_at', /ISO 8601/],
    ['a scheduled_at of 2028', { scheduled_at: '2028-01-01T00:00:00.000Z' }, '/scheduled_at', /a year ahead/],
    ['a deadline that has passed', { deadline: iso(NOW_MS) }, '/deadline', /has passed/],
    ['a deadline before its time', { deadline: iso(NOW_MS + 9) }, '/deadline', /not after scheduled_at/],
    ['too many tags', { tags: Array(51).fill('x') }, '/tags', /at most 50/],
    ['metadata null', { metadata: null }, '/metadata', /null is no object/],
  ])('fails with 422 for %s', async (_, body, path, message) => {
    const { answer, now } = patch(aRow({ scheduled_at: NOW_MS + 60_000 }), body);
    expect(await answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect((await answer).body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect(now()?.version).toBe(1);
  });

  it('fails with 422 at the time that it names, for a deadline that it does not', async () => {
    const row = aRow({ deadline: NOW_MS + 60_000 });
    const { status, body } = await patch(row, { scheduled_at: iso(NOW_MS + 60_000) }).answer;
    expect([status, body.errors]).toEqual([
      422,
      [{ path: '/scheduled_at', message: expect.stringMatching(/not after scheduled_at/) }],
    ]);
  });

  it.each(['"x"', 'W/"1"', '-1'])('fails with 412 for an If-Match that is no version: %s', async (tag) => {
    const { answer, now } = patch(aRow(), { priority: 1 }, { 'if-match': tag });
    expect(await answer).toMatchObject({ status: 412, body: { code: 'version_mismatch', version: 1 } });
    expect(now()?.version).toBe(1);
  });
});

describe('an accepted cancel', () => {
  it('holds only for the attempt that it has seen', () => {
    const row = claimed(aRow());
    const change = cancelChange(row, { nowMs: NOW_MS, retentionSeconds: 60 });
    if (change.kind !== 'write') throw new Error('a running task can be cancelled');
    expect(applyRowWrite({ ...row, attempt: 2 }, change.write).kind).toBe('refused');
  });
});
