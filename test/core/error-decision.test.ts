import { describe, expect, it } from 'vitest';
import {
  checkDecision,
  type ErrorDecision,
  storedDecision,
  withOnErrorFailure,
} from '../../core/error-decision.ts';
import { TaskError } from '../../core/task-error.ts';
import { failure } from '../../core/task-failure.ts';

describe('what an onError returns', () => {
  it.each<ErrorDecision>([
    { action: 'retry' },
    { action: 'retry', delaySeconds: 0 },
    { action: 'retry', delaySeconds: 86_400 },
    { action: 'fail' },
    { action: 'compensate' },
    { action: 'fall_back', value: null },
  ])('may be %j', (decision) => {
    expect(checkDecision(decision)).toBe(decision);
  });

  it.each([undefined, null])('may be %s: the policy decides', (nothing) => {
    expect(checkDecision(nothing)).toBeUndefined();
  });

  it.each([
    [true, /no decision: its action is one of retry, fail, compensate, fall_back/],
    ['retry', /no decision/],
    [{}, /no decision/],
    [{ action: 'ignore' }, /no decision/],
    [{ action: 'retry', delaySeconds: -1 }, /delaySeconds -1; it is a number from 0 to 86400/],
    [{ action: 'retry', delaySeconds: 86_401 }, /delaySeconds 86401/],
    [{ action: 'retry', delaySeconds: Number.NaN }, /delaySeconds NaN/],
    [{ action: 'retry', delaySeconds: '5' }, /delaySeconds 5/],
  ])('fails to be %j', (returned, message) => {
    expect(() => checkDecision(returned)).toThrow(message);
  });
});

it.each<[ErrorDecision, object]>([
  [{ action: 'retry' }, { action: 'retry' }],
  [
    { action: 'retry', delaySeconds: 7 },
    { action: 'retry', delay_seconds: 7 },
  ],
  [{ action: 'fail' }, { action: 'fail' }],
  [{ action: 'compensate' }, { action: 'compensate' }],
  [
    { action: 'fall_back', value: 'large' },
    { action: 'fall_back', result_attempt: 4 },
  ],
])('the decision %j is stored as %j', (decision, stored) => {
  expect(storedDecision(decision, 4)).toEqual(stored);
});

describe('the failure of an attempt whose onError has failed', () => {
  const original = failure('quota', 'full', true, { used: 9 });

  it('keeps both errors', () => {
    expect(withOnErrorFailure(original, new TaskError('worse', 'it broke'))).toEqual({
      ...original,
      details: { used: 9, on_error: { code: 'worse', message: 'it broke' } },
    });
  });

  it('keeps the error of onError, shortened, where the details leave no room for it', () => {
    const large = failure('quota', 'full', true, { blob: 'x'.repeat(2000) });
    expect(withOnErrorFailure(large, 'y'.repeat(3000)).details).toEqual({
      on_error: { code: 'handler_error', message: 'y'.repeat(512) },
    });
  });
});
