import { DomainError, type InputError } from '../../core/errors.ts';
import { parseStrictJson } from '../../core/strict-json.ts';
import { TaskError } from '../../core/task-error.ts';
import type { TaskRow } from '../../core/task-row.ts';

/** Errors of a payload that are told. */
const MAX_TOLD = 3;

/**
 * The value of a payload's text. The API has parsed every payload but a large upload, which is held to the same
 * rules here. Throws a TaskError that is not retried.
 */
export function payloadValue(row: Pick<TaskRow, 'payload_bytes'>, text: string): unknown {
  if (row.payload_bytes === undefined) return JSON.parse(text);
  try {
    return parseStrictJson(text, 'the uploaded payload');
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const errors = (error.members.errors ?? []) as readonly InputError[];
    const told = errors.slice(0, MAX_TOLD).map(({ path, message }) => `${path || '/'}: ${message}`);
    const message = told.length === 0 ? error.message : `the uploaded payload is refused: ${told.join('; ')}`;
    throw new TaskError('validation_failed', message, { retryable: false });
  }
}
