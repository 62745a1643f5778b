import type { ResponseHead } from './http-message.ts';
import { MAX_RESPONSE_BYTES } from './limits.ts';
import type { BodyLimit } from './response-body.ts';

/** Bytes of a refused answer's body that are read for its error. */
const ERROR_BODY_BYTES = 4096;

/** Whether a status is one of those expected; any 2xx unless some are named. */
export function isExpected(status: number, expected?: readonly number[]): boolean {
  return expected === undefined ? status >= 200 && status <= 299 : expected.includes(status);
}

/** All of an expected answer's body, up to the platform's limit; of another the beginning, whatever its size. */
export function expectedBody(expected?: readonly number[]): (head: ResponseHead) => BodyLimit {
  return ({ status }) =>
    isExpected(status, expected)
      ? { bytes: MAX_RESPONSE_BYTES, beyond: 'fail' }
      : { bytes: ERROR_BODY_BYTES, beyond: 'cut' };
}
