export const JITTERS = ['full', 'equal', 'none'] as const;

/** How a failed attempt is tried again. Delays in seconds. */
export interface RetryPolicy {
  /** Failed attempts until the task fails for good, 1 to 100. */
  readonly max_attempts: number;
  readonly initial_delay_seconds: number;
  readonly backoff_factor: number;
  readonly max_delay_seconds: number;
  /** `full`: 0 to the delay; `equal`: half the delay, plus 0 to half; `none`: the delay itself. */
  readonly jitter: (typeof JITTERS)[number];
}

/** The platform's policy, where neither the task nor its type says otherwise (api.md, "Task"). */
export const DEFAULT_RETRY: RetryPolicy = {
  max_attempts: 3,
  initial_delay_seconds: 1,
  backoff_factor: 2,
  max_delay_seconds: 300,
  jitter: 'full',
};

/**
 * Milliseconds to wait after the `failures`-th failed attempt (1 for the first).
 *
 * The delay is `initial * factor^(failures - 1)`, capped, then jittered; `random` is from [0, 1). A delay that
 * the failure itself asks for (`Retry-After`) is taken as it is, but never below the policy's own and never
 * above `MAX_RETRY_AFTER_SECONDS`; NaN asks for none.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failures: number,
  random: number,
  retryAfterSeconds?: number,
): number {
  const uncapped = policy.initial_delay_seconds * policy.backoff_factor ** (failures - 1);
  const delayMs = Math.min(uncapped, policy.max_delay_seconds) * 1000;
  const jittered = Math.round(jitter(policy.jitter, delayMs, random));
  if (retryAfterSeconds === undefined || Number.isNaN(retryAfterSeconds)) return jittered;
  const asked = Math.min(Math.max(retryAfterSeconds, 0), MAX_RETRY_AFTER_SECONDS) * 1000;
  return Math.max(jittered, Math.ceil(asked));
}

/** A day: the longest delay that a retry policy may name is also the longest that a server may ask for. */
export const MAX_RETRY_AFTER_SECONDS = 86_400;

function jitter(kind: RetryPolicy['jitter'], delayMs: number, random: number): number {
  switch (kind) {
    case 'full':
      return delayMs * random;
    case 'equal':
      return delayMs / 2 + (delayMs / 2) * random;
    case 'none':
      return delayMs;
  }
}
