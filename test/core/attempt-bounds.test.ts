import { expect, it } from 'vitest';
import { ATTEMPT_MARGIN_SECONDS, type AttemptBounds, firstBound } from '../../core/attempt-bounds.ts';
import { NOW_MS } from '../support/builders.ts';

const at = (seconds: number) => NOW_MS + seconds * 1000;

it.each<[string, AttemptBounds, { reason: string; afterMs: number }]>([
  ['its time-out', { timeoutSeconds: 30 }, { reason: 'timeout', afterMs: 30_000 }],
  [
    'its time-out, should that be the first of all',
    { timeoutSeconds: 30, deadlineMs: at(31), invocationEndsAtMs: at(90) },
    { reason: 'timeout', afterMs: 30_000 },
  ],
  [
    'the deadline of its task',
    { timeoutSeconds: 30, deadlineMs: at(29) },
    { reason: 'deadline', afterMs: 29_000 },
  ],
  [
    'the invocation that it runs in, which needs some time to store what it left',
    { timeoutSeconds: 900, deadlineMs: at(2000), invocationEndsAtMs: at(899) },
    { reason: 'invocation', afterMs: (899 - ATTEMPT_MARGIN_SECONDS) * 1000 },
  ],
  [
    'an invocation that is nearly over',
    { timeoutSeconds: 30, invocationEndsAtMs: at(4) },
    { reason: 'invocation', afterMs: -6000 },
  ],
])('an attempt is ended by %s', (_, bounds, end) => {
  expect(firstBound(bounds, NOW_MS)).toEqual(end);
});
