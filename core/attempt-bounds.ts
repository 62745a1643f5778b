/**
 * Seconds that an executor keeps of its invocation, for storing what its attempts left: an attempt that still runs
 * then is ended. Lambda itself would end all of them without a word.
 */
export const ATTEMPT_MARGIN_SECONDS = 10;

/** What bounds an attempt. Times in milliseconds since 1970. */
export interface AttemptBounds {
  readonly timeoutSeconds: number;
  /** When the task is to have ended. @default never */
  readonly deadlineMs?: number | undefined;
  /** When Lambda ends the executor's invocation. @default never */
  readonly invocationEndsAtMs?: number | undefined;
}

/** What ends an attempt from outside, and after how many milliseconds. */
export interface Bound {
  readonly reason: 'timeout' | 'deadline' | 'invocation';
  readonly afterMs: number;
}

/** The first of an attempt's bounds: its time-out, the task's deadline, or the end of the invocation it runs in. */
export function firstBound(bounds: AttemptBounds, nowMs: number): Bound {
  const { timeoutSeconds, deadlineMs = Infinity, invocationEndsAtMs = Infinity } = bounds;
  const ends: Bound[] = [
    { reason: 'timeout', afterMs: timeoutSeconds * 1000 },
    { reason: 'deadline', afterMs: deadlineMs - nowMs },
    { reason: 'invocation', afterMs: invocationEndsAtMs - ATTEMPT_MARGIN_SECONDS * 1000 - nowMs },
  ];
  return ends.reduce((first, next) => (next.afterMs < first.afterMs ? next : first));
}
