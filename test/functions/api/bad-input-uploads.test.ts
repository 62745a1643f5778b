import { describe, expect, it } from 'vitest';
import { signPayloadRef } from '../../../core/payload-ref.ts';
import { anApi } from '../../support/api-harness.ts';
import { NOW_MS } from '../../support/builders.ts';

const MB = 1024 * 1024;

describe('POST /uploads fails with 422, naming the place', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['no size', {}, '/size', /required/],
    ['nothing to upload', { size: 0 }, '/size', /0 is out of range: at least 1/],
    ['a negative size', { size: -1 }, '/size', /at least 1/],
    ['half a byte', { size: 1.5 }, '/size', /1.5 is no whole number/],
    ['a size that is a text', { size: '1' }, '/size', /"1" is no number/],
    ['more than 50 MB', { size: 50 * MB + 1 }, '/size', /52428801 is out of range: at most 52428800/],
    [
      'another type',
      { size: 1, content_type: 'text/csv' },
      '/content_type',
      /"text\/csv" is not "application\/json"/,
    ],
    ['a type that is null', { size: 1, content_type: null }, '/content_type', /null is not/],
    ['an unknown field', { size: 1, name: 'a' }, '/name', /unknown/],
    ['a list', [1], '', /a list is no object/],
  ])('fails for %s', async (_, body, path, message) => {
    const answer = await anApi().post('/uploads', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(answer.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('fails for a query', async () => {
    const { status, body } = await anApi().post('/uploads?part=1', { size: 1 });
    expect([status, body.errors[0].path]).toEqual([422, '/part']);
  });
});

describe('POST /uploads', () => {
  it('fails with 403 for whoever may only execute', async () => {
    const { status } = await anApi().post('/uploads', { size: 1 }, { role: 'task_executor' });
    expect(status).toBe(403);
  });

  it('fails with 405 as GET, and with 400 for what is no JSON', async () => {
    expect((await anApi().call('/uploads')).status).toBe(405);
    expect((await anApi().post('/uploads', '{')).status).toBe(400);
  });
});

describe('a submission', () => {
  it.each<[string, object, string, RegExp]>([
    ['neither payload nor payload_ref', {}, '/payload', /required, or payload_ref/],
    ['both', { payload: 1, payload_ref: 'r' }, '/payload_ref', /one of the two/],
    ['both, the payload null', { payload: null, payload_ref: 'r' }, '/payload_ref', /one of the two/],
    ['a reference that is null', { payload_ref: null }, '/payload_ref', /null is no string/],
    ['a reference that is empty', { payload_ref: '' }, '/payload_ref', /0 characters; at least 1/],
    [
      'one of 1,025 characters',
      { payload_ref: 'r'.repeat(1025) },
      '/payload_ref',
      /1025 characters; at most 1024/,
    ],
    ['one that nobody signed', { payload_ref: 'abc.def' }, '/payload_ref', /no payload_ref of this caller/],
    ['a text', { payload_ref: 'uploads/upload-1' }, '/payload_ref', /no payload_ref of this caller/],
  ])('fails for %s', async (_, fields, path, message) => {
    const api = anApi();
    const { status, body } = await api.post('/tasks', { type: 'echo', ...fields });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect([api.tasks.rows.size, api.objects.objects.size]).toEqual([0, 0]);
  });
});

describe('a payload_ref fails with 422 when', () => {
  const refOf = (bytes: number, { tenant = 'client-1', expiresAtMs = NOW_MS + 1, key = 'key-1' } = {}) =>
    signPayloadRef(tenant, { uploadId: 'upload-1', bytes, expiresAtMs }, key);

  async function answerTo(payload_ref: string, uploaded: string | Buffer | undefined, type = 'echo') {
    const api = anApi();
    if (uploaded !== undefined) api.objects.objects.set('uploads/upload-1', Buffer.from(uploaded));
    const { status, body } = await api.post('/tasks', { type, payload_ref });
    expect(api.tasks.rows.size).toBe(0);
    return { status, errors: body.errors };
  }
  const refused = (message: RegExp) => ({
    status: 422,
    errors: [{ path: '/payload_ref', message: expect.stringMatching(message) }],
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ['it is of another tenant', refOf(1, { tenant: 'client-2' }), '1', /no payload_ref of this caller/],
    ['a key that is gone has signed it', refOf(1, { key: 'key-0' }), '1', /no payload_ref of this caller/],
    ['it was changed', `${refOf(1)}x`, '1', /no payload_ref of this caller/],
    [
      'it has expired',
      refOf(1, { expiresAtMs: NOW_MS }),
      '1',
      /expired at 2026-11-21T10:00:00.000Z; ask for another/,
    ],
    ['nothing was uploaded', refOf(1), undefined, /nothing has been uploaded; PUT the payload/],
    ['another size was uploaded', refOf(2), '1', /1 bytes were uploaded, and 2 promised/],
    ['it is no JSON', refOf(2), '{]', /^the uploaded payload is no JSON: /],
    ['it is nested too deep', refOf(130), '['.repeat(65) + ']'.repeat(65), /nested 65 deep; at most 64/],
    ['it has unsafe names', refOf(15), '{"__proto__":1}', /\/__proto__: the name .* is not allowed/],
  ])('%s', async (_, ref, uploaded, message) => {
    expect(await answerTo(ref, uploaded)).toEqual(refused(message));
  });

  it('its payload does not fit its type, telling some of what is wrong', async () => {
    const payload = '{"a":1,"b":1,"c":1,"d":1}';
    const answer = await answerTo(refOf(payload.length), payload, 'word_count');
    expect(answer).toEqual(refused(/does not fit its type: \/text: .*; \/a: .*; \/b: .*; 2 more$/));
  });

  it('its bytes are no UTF-8', async () => {
    const bytes = Buffer.from('"\xe4"', 'latin1');
    expect(await answerTo(refOf(bytes.length), bytes)).toEqual(refused(/is no JSON/));
  });

  it('its upload goes while it is looked at', async () => {
    const api = anApi({ objects: (store) => Object.assign(store, { read: async () => undefined }) });
    api.objects.objects.set('uploads/upload-1', Buffer.from('1'));
    const { status, body } = await api.post('/tasks', { type: 'echo', payload_ref: refOf(1) });
    expect([status, body.errors[0].message]).toEqual([422, 'what was uploaded is gone; upload it again']);
  });

  it('it is a member of a batch, with the place of each that is wrong', async () => {
    const api = anApi();
    api.objects.objects.set('uploads/upload-1', Buffer.from('1'));
    const members = [refOf(1), refOf(2), 'abc'].map((payload_ref) => ({ type: 'echo', payload_ref }));
    const { status, body } = await api.post('/tasks/batch', { tasks: [...members, { type: 'echo' }] });
    expect([status, body.errors]).toEqual([422, [{ path: '/tasks/3/payload', message: expect.any(String) }]]);
    const second = await api.post('/tasks/batch', { tasks: members });
    expect(second.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/tasks/1/payload_ref',
      '/tasks/2/payload_ref',
    ]);
    expect(api.tasks.rows.size).toBe(0);
  });

  it('S3 cannot be asked: then it is 500, and says nothing internal', async () => {
    const api = anApi({
      objects: (store) =>
        Object.assign(store, { read: async () => Promise.reject(new Error('AccessDenied: key-1234')) }),
    });
    api.objects.objects.set('uploads/upload-1', Buffer.from('1'));
    const { status, body } = await api.post('/tasks', { type: 'echo', payload_ref: refOf(1) });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('key-1234');
  });
});
