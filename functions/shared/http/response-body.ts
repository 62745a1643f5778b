import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { TaskError } from '../../../core/task-error.ts';
import type { ResponseHead } from './http-message.ts';
import { MAX_CONTENT_CODINGS } from './limits.ts';

/** How much of a body is wanted. */
export interface BodyLimit {
  readonly bytes: number;
  /** `fail`: a longer body is an error; `cut`: its beginning is enough. */
  readonly beyond: 'fail' | 'cut';
}

export interface ReadBody {
  readonly bytes: Buffer;
  readonly cut: boolean;
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Reads and decompresses a body. Counts while it streams, before and after decompression, so that neither a long
 * body nor a bomb is ever held in memory; ends the source as soon as the limit is passed.
 *
 * @throws TaskError `invalid_response`, not retryable, for a body past the limit and an unknown coding;
 *   retryable for one that cannot be decompressed.
 */
export async function readBody(
  source: AsyncIterable<Uint8Array>,
  head: ResponseHead,
  limit: BodyLimit,
): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  let kept = 0;
  let lost: { readonly error: unknown } | undefined;
  const passed = () => received > limit.bytes || kept > limit.bytes;
  /** Notes what goes wrong in the source itself, which is never thrown in here by what reads. */
  const noted = async function* () {
    try {
      for await (const chunk of source) yield chunk;
    } catch (error) {
      lost = { error };
      throw error;
    }
  };
  const wire = async function* () {
    for await (const chunk of noted()) {
      received += chunk.byteLength;
      yield chunk;
      if (passed()) return;
    }
  };
  const sink = new Writable({
    write: (chunk: Uint8Array, _, done) => {
      kept += chunk.byteLength;
      chunks.push(chunk);
      done(passed() ? new Error('enough') : null);
    },
  });
  const decoders = decodersOf(head);
  try {
    await pipeline([Readable.from(wire()), ...decoders, sink]);
  } catch (error) {
    if (lost !== undefined) throw lost.error;
    // A body that was left on purpose ends its decoder early, and so does one of no bytes at all (HEAD, 204).
    if (!passed() && received > 0) throw undecodable(error);
  }
  if (passed() && limit.beyond === 'fail') throw tooLong(limit.bytes);
  return { bytes: Buffer.concat(chunks).subarray(0, limit.bytes), cut: passed() };
}

/** The streams that take the codings off, the last applied first. */
function decodersOf({ headers }: ResponseHead): readonly NodeJS.ReadWriteStream[] {
  const codings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CONTENT_CODINGS) throw unknownCoding(codings.join(', '));
  return codings.reverse().map((coding) => {
    const create = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
    if (create === undefined) throw unknownCoding(coding);
    return create();
  });
}

function tooLong(limitBytes: number): TaskError {
  return new TaskError(
    'invalid_response',
    `the response body is larger than the limit of ${limitBytes} bytes`,
    {
      retryable: false,
      details: { limit_bytes: limitBytes },
    },
  );
}

function unknownCoding(coding: string): TaskError {
  return new TaskError(
    'invalid_response',
    `the response has the content-encoding ${coding.slice(0, 64)}; up to ${MAX_CONTENT_CODINGS} of gzip, deflate and br are read`,
    { retryable: false },
  );
}

function undecodable(cause: unknown): TaskError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TaskError('invalid_response', `the response body cannot be decompressed: ${reason}`, { cause });
}
