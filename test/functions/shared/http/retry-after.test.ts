import { expect, test } from 'vitest';
import { retryAfterSeconds } from '../../../../functions/shared/http/retry-after.ts';

const nowMs = Date.parse('1994-11-06T08:49:07.500Z');

test.each([
  ['0', 0],
  ['120', 120],
  [' 7 ', 7],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 30],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 30],
  ['Sun Nov  6 08:49:37 1994', 30],
  ['Sun, 06 Nov 1994 08:49:07 GMT', 0],
  ['Sat, 05 Nov 1994 08:49:37 GMT', 0],
])('Retry-After: %s asks for %d seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, nowMs)).toBe(seconds);
});

test.each([
  undefined,
  '',
  '-1',
  '1.5',
  '1e3',
  'soon',
  '2 hours',
  '9999999999',
  'Sun, 99 Nov 1994 08:49:37 GMT',
  '2030-01-01',
])('fails to read Retry-After: %s, and asks for nothing', (header) => {
  expect(retryAfterSeconds(header, nowMs)).toBeUndefined();
});
