import { pipeline, Readable } from 'node:stream';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  deflateSync,
  gzipSync,
} from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type BodyLimit, readBody } from '../../../../functions/shared/http/response-body.ts';

const text = 'the quick brown fox '.repeat(10);
const plenty: BodyLimit = { bytes: 10_000, beyond: 'fail' };

const head = (coding?: string) => ({
  status: 200,
  headers: coding === undefined ? {} : { 'content-encoding': coding },
});

/** The bytes in chunks of 1,000. */
async function* inChunks(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

describe('a response body', () => {
  test.each([
    ['as it is', undefined, Buffer.from(text)],
    ['identity', 'identity', Buffer.from(text)],
    ['gzip', 'gzip', gzipSync(text)],
    ['x-gzip', 'X-GZIP', gzipSync(text)],
    ['deflate', 'deflate', deflateSync(text)],
    ['br', 'br', brotliCompressSync(text)],
    ['two codings', 'gzip, br', brotliCompressSync(gzipSync(text))],
  ])('is read: %s', async (_, coding, bytes) => {
    const { bytes: read, cut } = await readBody(inChunks(bytes), head(coding), plenty);
    expect(read.toString()).toBe(text);
    expect(cut).toBe(false);
  });

  test.each([undefined, 'gzip'])('of no bytes is empty, coding %s', async (coding) => {
    const { bytes } = await readBody(Readable.from([]), head(coding), plenty);
    expect(bytes).toHaveLength(0);
  });

  test('of exactly the limit is read', async () => {
    const { bytes, cut } = await readBody(inChunks(Buffer.alloc(5000)), head(), {
      bytes: 5000,
      beyond: 'fail',
    });
    expect([bytes.length, cut]).toEqual([5000, false]);
  });

  test('fails one byte past the limit, naming it', async () => {
    await expect(
      readBody(inChunks(Buffer.alloc(5001)), head(), { bytes: 5000, beyond: 'fail' }),
    ).rejects.toMatchObject({
      code: 'invalid_response',
      retryable: false,
      message: 'the response body is larger than the limit of 5000 bytes',
    });
  });

  test('is cut at the limit where its beginning is enough', async () => {
    const { bytes, cut } = await readBody(inChunks(Buffer.alloc(5001, 'x')), head(), {
      bytes: 5000,
      beyond: 'cut',
    });
    expect([bytes.toString(), cut]).toEqual(['x'.repeat(5000), true]);
  });

  test('is cut at the limit when its first chunk is already longer', async () => {
    const one = Readable.from([Buffer.alloc(9000, 'x')]);
    const { bytes, cut } = await readBody(one, head(), { bytes: 10, beyond: 'cut' });
    expect([bytes.toString(), cut]).toEqual(['x'.repeat(10), true]);
  });

  test.each([
    ['gzip', createGzip],
    ['deflate', createDeflate],
    ['br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ] as const)('fails when it is a %s bomb, however large it would become', async (coding, compressor) => {
    // GIVEN zeros without end
    const zeros = new Readable({ read: () => zeros.push(Buffer.alloc(65_536)) });
    const bomb = pipeline(zeros, compressor(), () => {});
    // WHEN
    const read = readBody(bomb, head(coding), { bytes: 1_000_000, beyond: 'fail' });
    // THEN
    await expect(read).rejects.toMatchObject({ code: 'invalid_response', retryable: false });
    expect(bomb.destroyed).toBe(true);
  });

  test('fails when it is long on the wire, though nothing comes out of it', async () => {
    // GIVEN gzip members of no content, without end
    const empty = gzipSync('');
    let members = 0;
    const endless = async function* () {
      for (;;) {
        members += 1;
        yield empty;
      }
    };
    const read = readBody(endless(), head('gzip'), { bytes: 10_000, beyond: 'fail' });
    await expect(read).rejects.toMatchObject({ code: 'invalid_response', retryable: false });
    expect(members).toBeLessThan(10_000);
  });

  test('leaves its source as soon as the limit is passed', async () => {
    let left = false;
    const endless = async function* () {
      try {
        for (;;) yield Buffer.alloc(1000);
      } finally {
        left = true;
      }
    };
    await readBody(endless(), head(), { bytes: 5000, beyond: 'cut' });
    expect(left).toBe(true);
  });

  test.each(['compress', 'zstd', 'gzip, gzip, gzip, gzip', 'constructor', '__proto__'])(
    'fails on the coding %s',
    async (coding) => {
      await expect(readBody(inChunks(Buffer.from(text)), head(coding), plenty)).rejects.toMatchObject({
        code: 'invalid_response',
        retryable: false,
        message: expect.stringContaining(coding),
      });
    },
  );

  test.each([
    ['no gzip at all', Buffer.from(text)],
    ['cut short', gzipSync(text).subarray(0, 20)],
  ])('fails, to be tried again, when it is %s', async (_, bytes) => {
    await expect(readBody(inChunks(bytes), head('gzip'), plenty)).rejects.toMatchObject({
      code: 'invalid_response',
      retryable: true,
      message: expect.stringContaining('cannot be decompressed'),
    });
  });

  test('fails with the error of its source', async () => {
    const broken = async function* () {
      yield gzipSync(text).subarray(0, 10);
      throw new Error('connection lost');
    };
    await expect(readBody(broken(), head('gzip'), plenty)).rejects.toThrow('connection lost');
  });
});
