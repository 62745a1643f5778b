import { expect, it } from 'vitest';
import { isLarge } from '../../core/large-value.ts';

it.each([
  ['a short text', 'x'.repeat(68_266), false],
  ['a text of 200 KB', 'x'.repeat(204_800), false],
  ['a text of a byte more', 'x'.repeat(204_801), true],
  ['a shorter text of 200 KB', 'ä'.repeat(102_400), false],
  ['a shorter text of more bytes', '€'.repeat(68_267), true],
])('%s', (_, text, expected) => {
  expect(isLarge(text)).toBe(expected);
});
