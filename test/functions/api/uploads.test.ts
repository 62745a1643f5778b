import { describe, expect, it } from 'vitest';
import { objectsOf, payloadKeyOf } from '../../../core/object-keys.ts';
import { anApi, type HarnessOptions, type TestAnswer } from '../../support/api-harness.ts';
import { aRow } from '../../support/builders.ts';

const KEY = { headers: { 'idempotency-key': 'k-1' } };
const HOUR_MS = 3_600_000;

/** An API, and an upload of a payload's JSON that has been put. */
async function withUpload(payload: unknown = { n: 1 }, options: HarnessOptions = {}) {
  const api = anApi(options);
  const text = JSON.stringify(payload);
  const answer = await api.post('/uploads', { size: Buffer.byteLength(text) });
  const { upload_url, payload_ref } = answer.body as { upload_url: string; payload_ref: string };
  await api.objects.fetch(upload_url, { method: 'PUT', body: text });
  const submit = (more = {}, how = {}) => api.post('/tasks', { type: 'echo', payload_ref, ...more }, how);
  const rowOf = ({ body }: TestAnswer) => api.tasks.rows.get(body.task_id) ?? aRow();
  return { ...api, answer, upload_url, payload_ref, text, submit, rowOf };
}

describe('POST /uploads', () => {
  it('promises a place for an hour, and stores nothing', async () => {
    const api = anApi();
    const { status, body } = await api.post('/uploads', {
      size: 52_428_800,
      content_type: 'application/json',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      upload_url: expect.stringContaining('uploads/'),
      method: 'PUT',
      payload_ref: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
      size: 52_428_800,
      content_type: 'application/json',
      expires_at: '2026-11-21T11:00:00.000Z',
    });
    expect(api.objects.objects.size).toBe(0);
  });

  it('promises another place each time', async () => {
    const api = anApi();
    const [one, two] = [await api.post('/uploads', { size: 1 }), await api.post('/uploads', { size: 1 })];
    expect(one.body.upload_url).not.toBe(two.body.upload_url);
    expect(one.body.payload_ref).not.toBe(two.body.payload_ref);
  });
});

describe('a submission with a payload_ref', () => {
  it('has a copy of the upload for its payload, which lives as long as its row', async () => {
    const api = await withUpload({ text: 'näme' });
    const answer = await api.submit();
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ status: 'queued', payload: { text: 'näme' } });
    expect(answer.body).not.toHaveProperty('payload_url');
    const row = api.rowOf(answer);
    expect(row).toMatchObject({ payload_bytes: Buffer.byteLength(api.text), has_objects: true });
    expect(row).not.toHaveProperty('payload');
    expect(row).not.toHaveProperty('payload_stored');
    expect(await api.objects.read(payloadKeyOf(row))).toBe(api.text);
    expect(api.results.payloads.size).toBe(0);
  });

  it('shows a payload of more than 1 MB by a link', async () => {
    const payload = 'x'.repeat(1024 * 1024);
    const api = await withUpload(payload);
    const { status, body } = await api.submit();
    expect([status, body.payload]).toEqual([202, null]);
    const read = await api.objects.fetch(body.payload_url);
    expect(await read.json()).toBe(payload);
  });

  it('may be sent often, each task having its own copy', async () => {
    const api = await withUpload();
    const rows = [api.rowOf(await api.submit()), api.rowOf(await api.submit())];
    await api.objects.removeAll(objectsOf(rows[0] ?? aRow()));
    expect(await api.objects.read(payloadKeyOf(rows[1] ?? aRow()))).toBe(api.text);
  });

  it('may be part of a batch, beside others', async () => {
    const { payload_ref, post, tasks } = await withUpload();
    const members = [
      { type: 'echo', payload_ref },
      { type: 'echo', payload: 2 },
    ];
    const { status, body } = await post('/tasks/batch', { tasks: members });
    expect(status).toBe(202);
    const rows = body.items.map(({ task_id }: { task_id: string }) => tasks.rows.get(task_id));
    expect(rows).toMatchObject([{ payload_bytes: 7 }, { payload: '2' }]);
  });

  it('opens by a key that has been replaced, and by one that this process has not seen yet', async () => {
    const api = await withUpload();
    api.cursorKeys.keys = ['key-2', 'key-1'];
    expect((await api.submit()).status).toBe(202);
    api.cursorKeys.keys = ['key-0'];
    api.cursorKeys.fresh = ['key-1', 'key-0'];
    expect((await api.submit()).status).toBe(202);
  });

  it('is stored only after its object', async () => {
    const api = await withUpload(1, {
      objects: (store) => Object.assign(store, { copy: async () => Promise.reject(new Error('S3 is down')) }),
    });
    const { status, body } = await api.submit();
    expect([status, body.code, api.tasks.rows.size]).toEqual([503, 'storage_unavailable', 0]);
    expect(api.log).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { reasons: ['S3 is down'] } }),
    );
  });
});

describe('a submission with a payload_ref and an idempotency key', () => {
  it('sent again is the same task, also when the reference has expired and the upload is gone', async () => {
    const api = await withUpload();
    const first = await api.submit({}, KEY);
    const objects = api.objects.objects.size;
    api.clock.advance(2 * HOUR_MS);
    await api.objects.removeAll('uploads/');
    const again = await api.submit({}, KEY);
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.body).toEqual(first.body);
    expect(api.objects.objects.size).toBe(objects - 1);
  });

  it('fails with another body, and leaves no object behind', async () => {
    const api = await withUpload();
    await api.submit({}, KEY);
    const objects = api.objects.objects.size;
    const other = await api.submit({ priority: 3 }, KEY);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(api.objects.objects.size).toBe(objects);
  });

  it('takes the place of a task whose retention is over, beside what is left of that', async () => {
    const api = await withUpload();
    const first = api.rowOf(await api.submit({}, KEY));
    api.tasks.rows.set(first.task_id, { ...first, status: 'completed', expires_at: 1 });
    api.clock.advance(1);
    const next = api.rowOf(await api.submit({}, KEY));
    expect([next.task_id, next.status]).toEqual([first.task_id, 'queued']);
    await api.objects.removeAll(objectsOf(first));
    expect(await api.objects.read(payloadKeyOf(next))).toBe(api.text);
  });

  it('completes a batch of which a part is stored', async () => {
    const { payload_ref, post, tasks } = await withUpload();
    const body = {
      tasks: [
        { type: 'echo', payload: 1 },
        { type: 'echo', payload_ref },
      ],
    };
    const first = await post('/tasks/batch', body, KEY);
    tasks.rows.delete(first.body.items[1].task_id);
    const second = await post('/tasks/batch', body, KEY);
    expect([second.status, second.body]).toEqual([202, first.body]);
    const third = await post('/tasks/batch', body, KEY);
    expect([third.status, third.body]).toEqual([200, first.body]);
  });
});

describe('a payload above 200 KB in a body', () => {
  const payload = 'x'.repeat(300_000);

  it('is an object, and nobody notices', async () => {
    const api = anApi();
    const { status, body } = await api.post('/tasks', { type: 'echo', payload });
    expect([status, body.payload]).toEqual([202, payload]);
    const row = api.tasks.rows.get(body.task_id) ?? aRow();
    expect(row).toMatchObject({ payload_bytes: 300_002, has_objects: true });
    expect(api.results.payloads.size).toBe(0);
    expect((await api.call(`/tasks/${body.task_id}`)).body.payload).toBe(payload);
  });

  it('is put once for one key', async () => {
    const api = anApi();
    const send = () => api.post('/tasks', { type: 'echo', payload }, KEY);
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status, again.body]).toEqual([202, 200, first.body]);
    expect(api.objects.objects.size).toBe(1);
  });
});
