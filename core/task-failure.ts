import { TaskError } from './task-error.ts';

/** Why an attempt, or a task, failed; the `error` of the API. */
export interface TaskFailure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What the task type's `onError` has decided on a failure; stored with the result, so in the names of the tables. */
export type FailureDecision =
  | { readonly action: 'retry'; readonly delay_seconds?: number }
  | { readonly action: 'fail' | 'compensate' }
  /** The result of this attempt has the output that the task completes with. */
  | { readonly action: 'fall_back'; readonly result_attempt: number };

/** Characters of an error's message that are kept (api.md: error text 2 KB). */
export const MAX_ERROR_TEXT = 2048;

/** Bytes of an error's details that are kept, as JSON; larger ones are left out. */
const MAX_DETAILS_CHARACTERS = 2048;

/** What a thrown value says as a failure: a TaskError as it is, anything else a retryable `handler_error`. */
export function failureOf(thrown: unknown): TaskFailure {
  if (thrown instanceof TaskError) {
    return failure(thrown.code, thrown.message, thrown.retryable, thrown.details);
  }
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return failure('handler_error', text, true);
}

/** A failure with its text cut to what is stored. */
export function failure(
  code: string,
  message: string,
  retryable: boolean,
  details?: Readonly<Record<string, unknown>>,
): TaskFailure {
  const kept = details !== undefined && fits(details) ? { details } : {};
  return { code: cut(code, 128), message: cut(message, MAX_ERROR_TEXT), retryable, ...kept };
}

/** The first characters of a text, each of them whole; a character has at most two code units. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return [...text.slice(0, 2 * characters)].slice(0, characters).join('');
}

function fits(details: Readonly<Record<string, unknown>>): boolean {
  try {
    return JSON.stringify(details).length <= MAX_DETAILS_CHARACTERS;
  } catch {
    return false;
  }
}
