import { type FailureDecision, failure, failureOf, type TaskFailure } from './task-failure.ts';

/** What the `onError` of a task type may decide. */
export type ErrorDecision =
  /** Another attempt, after `delaySeconds` (0 to 86,400) instead of the policy's delay; past `max_attempts` the task fails all the same. */
  | { readonly action: 'retry'; readonly delaySeconds?: number }
  /** The task ends now as after its last attempt: with its `fallback` if it has one, else failed. */
  | { readonly action: 'fail' }
  /** The task fails now, whatever `fallback` it has: what was done is undone by its `compensation`. */
  | { readonly action: 'compensate' }
  /** The task completes with this output (JSON); its result says `fallback_used`. */
  | { readonly action: 'fall_back'; readonly value: unknown };

const ACTIONS = ['retry', 'fail', 'compensate', 'fall_back'] as const;

/** The longest delay that `onError` may ask for: a day, as that of a retry policy. */
export const MAX_DECIDED_DELAY_SECONDS = 86_400;

/**
 * What an `onError` returned, checked: it is code that types alone do not bind. Throws a TypeError for what is no
 * decision.
 */
export function checkDecision(returned: unknown): ErrorDecision | undefined {
  if (returned === undefined || returned === null) return undefined;
  const { action, delaySeconds } = Object(returned) as { action?: unknown; delaySeconds?: unknown };
  if (!(ACTIONS as readonly unknown[]).includes(action)) {
    throw new TypeError(
      `onError returned no decision: its action is one of ${ACTIONS.join(', ')}, or it returns undefined`,
    );
  }
  if (action === 'retry' && delaySeconds !== undefined && !isDelay(delaySeconds)) {
    throw new TypeError(
      `onError returned delaySeconds ${String(delaySeconds)}; it is a number from 0 to ${MAX_DECIDED_DELAY_SECONDS}`,
    );
  }
  return returned as ErrorDecision;
}

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= MAX_DECIDED_DELAY_SECONDS;
}

/** A decision as it is stored with the result of attempt `attempt`, so that whoever finishes the task follows it. */
export function storedDecision(decision: ErrorDecision, attempt: number): FailureDecision {
  switch (decision.action) {
    case 'retry':
      return decision.delaySeconds === undefined
        ? { action: 'retry' }
        : { action: 'retry', delay_seconds: decision.delaySeconds };
    case 'fall_back':
      return { action: 'fall_back', result_attempt: attempt };
    default:
      return { action: decision.action };
  }
}

/** Characters of the error of an `onError` that are kept. */
const MAX_ON_ERROR_TEXT = 512;

/** The failure of an attempt whose `onError` has failed too: both are kept. */
export function withOnErrorFailure(original: TaskFailure, thrown: unknown): TaskFailure {
  const { code, message } = failureOf(thrown);
  const onError = { on_error: { code, message: message.slice(0, MAX_ON_ERROR_TEXT) } };
  const told = failure(original.code, original.message, original.retryable, {
    ...original.details,
    ...onError,
  });
  return told.details === undefined
    ? failure(original.code, original.message, original.retryable, onError)
    : told;
}
