import { TaskError } from '../../../core/task-error.ts';
import type { HttpResponse } from './http-message.ts';
import { jsonNests } from './json-nests.ts';
import { MAX_JSON_DEPTH } from './limits.ts';
import { responseText } from './response-text.ts';

/** application/json, text/json, application/problem+json and their like. */
const JSON_TYPE = /^\s*(?:[^;]+\+json|(?:application|text)\/json)\s*(?:;|$)/i;

/**
 * A body as a value: parsed where the content-type says JSON and the text is JSON, else the text.
 *
 * @throws TaskError `invalid_response`, not retryable, for JSON that is nested deeper than any value may be.
 */
export function responseValue(response: Pick<HttpResponse, 'headers' | 'body'>): unknown {
  const text = responseText(response);
  if (!JSON_TYPE.test(response.headers['content-type'] ?? '')) return text;
  if (jsonNests(text, MAX_JSON_DEPTH)) {
    throw new TaskError(
      'invalid_response',
      `the response body is JSON with more than the ${MAX_JSON_DEPTH} nested levels that are allowed`,
      { retryable: false },
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
