import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETRY,
  JITTERS,
  MAX_RETRY_AFTER_SECONDS,
  type RetryPolicy,
  retryDelayMs,
} from '../../core/retry.ts';

/** Any policy that the API accepts (api.md, Limits). */
const aPolicy = fc.record<RetryPolicy>({
  max_attempts: fc.integer({ min: 1, max: 100 }),
  initial_delay_seconds: fc.double({ min: 0, max: 86_400, noNaN: true }),
  backoff_factor: fc.double({ min: 1, max: 10, noNaN: true }),
  max_delay_seconds: fc.double({ min: 0, max: 86_400, noNaN: true }),
  jitter: fc.constantFrom(...JITTERS),
});
const someFailures = fc.integer({ min: 1, max: 100 });
const aRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

function cappedMs(policy: RetryPolicy, failures: number): number {
  return retryDelayMs({ ...policy, jitter: 'none' }, failures, 0);
}

describe('the back-off after a failed attempt', () => {
  it('doubles from a second by default, up to five minutes', () => {
    const plain = { ...DEFAULT_RETRY, jitter: 'none' } as const;
    const delays = [1, 2, 3, 4, 9, 10, 100].map((failures) => retryDelayMs(plain, failures, 0.5));
    expect(delays).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000]);
  });

  it('is a whole number of milliseconds from 0 to the cap', () => {
    fc.assert(
      fc.property(aPolicy, someFailures, aRandom, (policy, failures, random) => {
        const delayMs = retryDelayMs(policy, failures, random);
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(Math.round(policy.max_delay_seconds * 1000));
      }),
    );
  });

  it('never shrinks from failure to failure without jitter', () => {
    fc.assert(
      fc.property(aPolicy, fc.integer({ min: 1, max: 99 }), (policy, failures) => {
        expect(cappedMs(policy, failures + 1)).toBeGreaterThanOrEqual(cappedMs(policy, failures));
      }),
    );
  });

  it('lies between 0 and the plain delay with full jitter', () => {
    fc.assert(
      fc.property(aPolicy, someFailures, aRandom, (policy, failures, random) => {
        const delayMs = retryDelayMs({ ...policy, jitter: 'full' }, failures, random);
        expect(delayMs).toBeLessThanOrEqual(cappedMs(policy, failures));
      }),
    );
    expect(retryDelayMs(DEFAULT_RETRY, 1, 0)).toBe(0);
    expect(retryDelayMs(DEFAULT_RETRY, 1, 0.25)).toBe(250);
  });

  it('lies between half the plain delay and all of it with equal jitter', () => {
    const equal = { ...DEFAULT_RETRY, jitter: 'equal' } as const;
    fc.assert(
      fc.property(aPolicy, someFailures, aRandom, (policy, failures, random) => {
        const delayMs = retryDelayMs({ ...policy, jitter: 'equal' }, failures, random);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(cappedMs(policy, failures) / 2));
        expect(delayMs).toBeLessThanOrEqual(cappedMs(policy, failures));
      }),
    );
    expect([0, 0.5].map((random) => retryDelayMs(equal, 2, random))).toEqual([1000, 1500]);
  });
});

describe('the delay that a failure itself asks for', () => {
  it('is taken as it is, rounded up to the millisecond', () => {
    expect(retryDelayMs(DEFAULT_RETRY, 1, 0.5, 30)).toBe(30_000);
    expect(retryDelayMs(DEFAULT_RETRY, 1, 0.5, 1.0001)).toBe(1001);
  });

  it('is never below the policy’s own, nor above a day', () => {
    fc.assert(
      fc.property(aPolicy, someFailures, aRandom, fc.double(), (policy, failures, random, askedSeconds) => {
        const own = retryDelayMs(policy, failures, random);
        const delayMs = retryDelayMs(policy, failures, random, askedSeconds);
        expect(delayMs).toBeGreaterThanOrEqual(own);
        expect(delayMs).toBeLessThanOrEqual(Math.max(own, MAX_RETRY_AFTER_SECONDS * 1000));
      }),
    );
  });

  it.each([-5, 0, Number.NaN])('is the policy’s own where %d is asked for', (askedSeconds) => {
    expect(retryDelayMs(DEFAULT_RETRY, 1, 0.5, askedSeconds)).toBe(500);
  });
});
