import { describe, expect, it } from 'vitest';
import { CURSOR_LIFE_MS } from '../../../core/cursor.ts';
import { anApi } from '../../support/api-harness.ts';

/** An API with three tasks of an agent, and the cursor after the first. */
async function aPagedApi() {
  const api = anApi();
  for (let n = 0; n < 3; n += 1) await api.post('/tasks', { type: 'echo', payload: n, agent_id: 'agent-7' });
  const first = await api.call('/tasks?limit=1');
  const cursor: string = first.body.next_cursor;
  const next = (path = '/tasks?limit=1', more = {}) =>
    api.call(`${path}&cursor=${encodeURIComponent(cursor)}`, more);
  return { api, first, cursor, next };
}

const INVALID = { status: 422, body: { code: 'validation_failed', errors: [{ path: '/cursor' }] } };

describe('a cursor', () => {
  it('goes on where its page ended, also with another limit', async () => {
    const { first, next } = await aPagedApi();
    const rest = await next('/tasks?limit=200');
    expect(rest.status).toBe(200);
    expect(rest.body.items).toHaveLength(2);
    expect(rest.body.items).not.toContainEqual(first.body.items[0]);
    expect(rest.body.next_cursor).toBeNull();
  });

  it('fails with any character changed', async () => {
    const { api, cursor } = await aPagedApi();
    for (const place of cursor.split('').keys()) {
      const changed = cursor[place] === 'A' ? 'B' : 'A';
      const tampered = cursor.slice(0, place) + changed + cursor.slice(place + 1);
      expect(await api.call(`/tasks?limit=1&cursor=${tampered}`)).toMatchObject(INVALID);
    }
  });

  it.each(['.', 'a.b.c', '=', '%00', 'null', '..'])('fails when it is none: %s', async (cursor) => {
    const { api } = await aPagedApi();
    expect(await api.call(`/tasks?limit=1&cursor=${cursor}`)).toMatchObject(INVALID);
  });

  it('fails with more behind it', async () => {
    const { api, cursor } = await aPagedApi();
    expect(await api.call(`/tasks?limit=1&cursor=${cursor}.x`)).toMatchObject(INVALID);
  });

  it.each([
    '/tasks?status=queued',
    '/tasks?created_after=2026-01-01T00:00:00Z',
    '/agents/agent-7/tasks?limit=1',
  ])('fails for another list: %s', async (path) => {
    const { next } = await aPagedApi();
    expect(await next(path)).toMatchObject(INVALID);
  });

  it('fails for another caller', async () => {
    const { next } = await aPagedApi();
    expect(await next('/tasks?limit=1', { tenant: 'client-2' })).toMatchObject(INVALID);
  });

  it('fails after a day', async () => {
    const { api, next } = await aPagedApi();
    api.clock.advance(CURSOR_LIFE_MS - 1);
    expect((await next()).status).toBe(200);
    api.clock.advance(1);
    expect(await next()).toMatchObject(INVALID);
  });

  it('lives on while its key is the previous one, and not longer', async () => {
    const { api, next } = await aPagedApi();
    api.cursorKeys.keys = ['key-2', 'key-1'];
    expect((await next()).status).toBe(200);
    api.cursorKeys.keys = ['key-3', 'key-2'];
    expect(await next()).toMatchObject(INVALID);
  });

  it('that a key unknown to this process has signed makes it read the keys again', async () => {
    const { api, next } = await aPagedApi();
    api.cursorKeys.keys = ['key-0'];
    api.cursorKeys.fresh = ['key-1', 'key-0'];
    expect((await next()).status).toBe(200);
  });
});
