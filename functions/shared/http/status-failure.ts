import { TaskError } from '../../../core/task-error.ts';
import type { HttpResponse } from './http-message.ts';
import { responseText } from './response-text.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** Characters of the answer's body in `details.body`: enough for a reason, and below the 2 KB that details may have. */
const ERROR_BODY_CHARACTERS = 500;

/** Statuses below 500 after which the same request may succeed later (api.md, "Built-in types"). */
const RETRYABLE = [408, 425, 429];

/**
 * The error of an attempt whose answer has a status that is not expected: `http_status`, retryable for 408, 425,
 * 429 and 5xx, and then not before its `Retry-After`.
 */
export function statusFailure(
  response: HttpResponse,
  nowMs: number,
  expected?: readonly number[],
): TaskError {
  const { status, headers, url } = response;
  const retryable = status >= 500 || RETRYABLE.includes(status);
  const waitSeconds = retryable ? retryAfterSeconds(headers['retry-after'], nowMs) : undefined;
  const wanted = expected === undefined ? 'a 2xx status' : `one of ${expected.join(', ')}`;
  return new TaskError('http_status', `${new URL(url).origin} answered ${status}; expected is ${wanted}`, {
    retryable,
    details: { status, body: responseText(response).slice(0, ERROR_BODY_CHARACTERS) },
    ...(waitSeconds === undefined ? {} : { retryAfterSeconds: waitSeconds }),
  });
}
