import { isUtf8 } from 'node:buffer';
import type { ObjectStore } from '../../core/object-store.ts';

/** A bucket in memory. Its links lead to `https://objects.test/`, which `fetch` below serves. */
export class InMemoryObjectStore implements ObjectStore {
  readonly objects = new Map<string, Buffer>();

  async put(key: string, text: string): Promise<void> {
    this.objects.set(key, Buffer.from(text));
  }

  async read(key: string): Promise<string | undefined> {
    const bytes = this.objects.get(key);
    return bytes === undefined || isUtf8(bytes) ? bytes?.toString() : `\ufffd${bytes}`;
  }

  async bytesOf(key: string): Promise<number | undefined> {
    return this.objects.get(key)?.length;
  }

  async copy(from: string, to: string): Promise<void> {
    const object = this.objects.get(from);
    if (object === undefined) throw new Error(`there is no ${from}`);
    this.objects.set(to, object);
  }

  async linkToRead(key: string): Promise<string> {
    return `https://objects.test/${key}?method=GET`;
  }

  async linkToPut(key: string, bytes: number): Promise<string> {
    return `https://objects.test/${key}?method=PUT&bytes=${bytes}`;
  }

  async removeAll(prefix: string): Promise<void> {
    for (const key of this.objects.keys()) if (key.startsWith(prefix)) this.objects.delete(key);
  }

  /** What S3 does with a link. */
  readonly fetch: typeof fetch = async (input, init = {}) => {
    const { pathname, searchParams } = new URL(String(input));
    const key = pathname.slice(1);
    const { method = 'GET' } = init;
    const body = Buffer.from(await new Response(init.body ?? null).arrayBuffer());
    const isSigned = searchParams.get('method') === method;
    if (!isSigned || (method === 'PUT' && body.length !== Number(searchParams.get('bytes'))))
      return new Response('SignatureDoesNotMatch', { status: 403 });
    if (method === 'PUT') {
      this.objects.set(key, body);
      return new Response(null, { status: 200 });
    }
    const object = this.objects.get(key);
    return object === undefined
      ? new Response('NoSuchKey', { status: 404 })
      : new Response(new Uint8Array(object), { headers: { 'content-type': 'application/json' } });
  };
}
