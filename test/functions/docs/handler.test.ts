import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/docs/handler.ts';
import { anApiEvent } from '../../support/api-event.ts';
import { FixedClock } from '../../support/fixed-clock.ts';

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui.css'));

function theDocs() {
  const read: string[] = [];
  const handler = createHandler({
    readAsset: async (name) => {
      read.push(name);
      return await readFile(join(assets, name));
    },
    clock: new FixedClock(),
    log: { info() {}, error() {} },
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    handler(anApiEvent({ path, role: null, headers }));
  return { get, read };
}

describe('the page at /docs', () => {
  it('is served to anybody and names no other host', async () => {
    const { statusCode, headers, body = '' } = await theDocs().get('/docs');
    expect(statusCode).toBe(200);
    expect(headers?.['content-type']).toBe('text/html; charset=utf-8');
    expect(headers?.['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toMatch(/https?:|\/\//);
  });

  it('brings every file that it names', async () => {
    const { get } = theDocs();
    const { body = '' } = await get('/docs');
    const files = [...body.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, file]) => file);
    expect(files).toEqual(['docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/start.js']);
    for (const file of files) expect((await get(`/${file}`)).statusCode).toBe(200);
  });

  it('shows the document that stands beside it', async () => {
    const { headers, body } = await theDocs().get('/docs/start.js');
    expect(headers?.['content-type']).toBe('text/javascript; charset=utf-8');
    expect(body).toContain("'openapi.json'");
  });

  it('compresses files, once, for who takes it', async () => {
    const { get, read } = theDocs();
    const plain = await get('/docs/swagger-ui.css');
    expect(plain.isBase64Encoded).toBeUndefined();
    for (let n = 0; n < 2; n += 1) {
      const small = await get('/docs/swagger-ui.css', { 'accept-encoding': 'gzip, deflate, br' });
      expect(small.headers).toMatchObject({
        'content-encoding': 'gzip',
        'content-type': 'text/css; charset=utf-8',
      });
      expect(small.isBase64Encoded).toBe(true);
      expect(gunzipSync(Buffer.from(small.body ?? '', 'base64')).toString()).toBe(plain.body);
    }
    expect(read).toHaveLength(2);
  });

  it.each([
    'index.mjs',
    '..%2Findex.mjs',
    '%2e%2e',
    'swagger-ui.css.map',
    '__proto__',
    'toString',
    'constructor',
  ])('fails with 404 for any other file: %s', async (file) => {
    const { get, read } = theDocs();
    const { statusCode, headers } = await get(`/docs/${file}`);
    expect([statusCode, headers?.['content-type']]).toEqual([404, 'application/problem+json']);
    expect(read).toEqual([]);
  });

  it('fails for what it does not serve', async () => {
    expect((await theDocs().get('/tasks')).statusCode).toBe(404);
  });
});
