import { LIMITS } from '../../core/contract/limits.ts';
import { TaskError } from '../../core/task-error.ts';

/** Bytes of an output's JSON that are stored, as of a payload's (api.md, Limits). */
export const MAX_OUTPUT_BYTES = LIMITS.largeValueBytes;

/** An output's JSON text. Throws a TaskError that is not retried for what cannot be stored. */
export function outputText(output: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(output ?? null);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskError('invalid_output', `the output is no JSON: ${reason}`, { retryable: false, cause });
  }
  if (text === undefined) {
    throw new TaskError('invalid_output', `the output is no JSON: a ${typeof output}`, { retryable: false });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_OUTPUT_BYTES) {
    const rule = `the output has ${bytes} bytes of JSON, at most ${MAX_OUTPUT_BYTES} (50 MB) are stored`;
    throw new TaskError('output_too_large', `${rule}; return a smaller one`, { retryable: false });
  }
  return text;
}
