import { expect, it } from 'vitest';
import type { ObjectStore } from '../../core/object-store.ts';

export interface ObjectStoreUnderTest {
  readonly store: ObjectStore;
  /** What serves the links of the store. */
  readonly fetch: typeof fetch;
}

/** What every object store does alike. */
export function objectStoreContract(build: () => ObjectStoreUnderTest): void {
  const newKey = () => `values/task-${crypto.randomUUID()}/1/payload`;
  const text = JSON.stringify({ text: 'näme 💥', list: Array.from({ length: 1000 }, (_, n) => n) });

  it('keeps a text as it is, also a second one under its key', async () => {
    const { store } = build();
    const key = newKey();
    await store.put(key, '"first"');
    await store.put(key, text);
    expect(await store.read(key)).toBe(text);
    expect(await store.bytesOf(key)).toBe(Buffer.byteLength(text));
  });

  it('tells what is not there', async () => {
    const { store } = build();
    expect(await store.read(newKey())).toBeUndefined();
    expect(await store.bytesOf(newKey())).toBeUndefined();
  });

  it('copies an object, and fails where there is none', async () => {
    const { store } = build();
    const [from, to] = [newKey(), newKey()];
    await store.put(from, text);
    await store.copy(from, to);
    expect(await store.read(to)).toBe(text);
    await expect(store.copy(newKey(), to)).rejects.toThrow();
    expect(await store.read(to)).toBe(text);
  });

  it('removes all below a prefix, more than a page of them, and nothing else', async () => {
    const { store } = build();
    const owner = newKey().replace('payload', '');
    const other = newKey();
    await store.put(other, '1');
    const keys = Array.from({ length: 1001 }, (_, n) => `${owner}output-${n}`);
    await Promise.all(keys.map((key) => store.put(key, '1')));
    await store.removeAll(owner);
    for (const key of [keys[0], keys.at(-1)]) expect(await store.bytesOf(key ?? '')).toBeUndefined();
    expect(await store.bytesOf(other)).toBe(1);
    await store.removeAll(owner);
  });

  it('gives links that read one object, without a token', async () => {
    const { store, fetch } = build();
    const key = newKey();
    await store.put(key, text);
    const answer = await fetch(await store.linkToRead(key, 60));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.text()).toBe(text);
    expect((await fetch(await store.linkToRead(newKey(), 60))).status).toBe(404);
  });

  it('gives links that put one object of the promised size, whatever its type is said to be', async () => {
    const { store, fetch } = build();
    const key = newKey();
    const body = Buffer.from(text);
    const link = await store.linkToPut(key, body.length, 60);
    expect((await fetch(link, { method: 'PUT', body })).status).toBe(200);
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(link, { method: 'PUT', body, headers })).status).toBe(200);
    expect(await store.read(key)).toBe(text);
  });

  it.each([
    ['more', (body: Buffer) => Buffer.concat([body, Buffer.from(' ')])],
    ['less', (body: Buffer) => body.subarray(1)],
    ['nothing', () => Buffer.alloc(0)],
  ])('fails to put %s than was promised', async (_, change) => {
    const { store, fetch } = build();
    const key = newKey();
    const body = Buffer.from(text);
    const link = await store.linkToPut(key, body.length, 60);
    expect((await fetch(link, { method: 'PUT', body: new Uint8Array(change(body)) })).status).toBe(403);
    expect(await store.bytesOf(key)).toBeUndefined();
  });

  it('fails to read by a link to put, and to put by a link to read', async () => {
    const { store, fetch } = build();
    const key = newKey();
    await store.put(key, '1');
    expect((await fetch(await store.linkToPut(key, 1, 60))).status).toBe(403);
    const put = { method: 'PUT', body: '2' };
    expect((await fetch(await store.linkToRead(key, 60), put)).status).toBe(403);
    expect(await store.read(key)).toBe('1');
  });

  it('takes bytes that are no UTF-8 for no JSON', async () => {
    const { store, fetch } = build();
    const key = newKey();
    const body = new Uint8Array(Buffer.from('"n\xe4me"', 'latin1'));
    await fetch(await store.linkToPut(key, body.length, 60), { method: 'PUT', body });
    const read = (await store.read(key)) ?? '';
    expect(() => JSON.parse(read)).toThrow();
  });
}
