import { describe, expect, onTestFinished, test } from 'vitest';
import { createExpressionPool } from '../../../../functions/shared/expressions/expression-pool.ts';

const double = (start: string, step: string, times: number) =>
  `($f := function($s, $n) { $n = 0 ? $s : $f(${step}, $n - 1) }; $f(${start}, ${times}))`;

describe('an expression that eats memory', { timeout: 30_000 }, () => {
  // The first and the last end the whole process (exit code 134) when they run in a worker thread with
  // resourceLimits of 128 MB; this is why expressions have processes of their own.
  test.each([
    ['one string, made flat', `$length(${double('"x"', '$s & $s', 28)})`],
    ['an array that doubles', double('[1..1000000]', '$append($s, $s)', 10)],
    ['many small objects', '$count([1..10000000].{"a": $})'],
  ])('fails alone, and what comes next is served: %s', async (_, expression) => {
    // GIVEN
    const pool = createExpressionPool({ size: 1 });
    onTestFinished(() => pool.end());
    const evaluate = (text: string) =>
      pool.evaluate(text, '{}', { signal: new AbortController().signal, attemptSeconds: 30 });
    // WHEN
    const evaluation = await evaluate(expression);
    // THEN
    expect(evaluation).toMatchObject({
      ok: false,
      reason: 'memory',
      message: 'it needed more memory than the 128 MB that it may use',
    });
    expect(await evaluate('1 + 1')).toEqual({ ok: true, value: 2 });
  });
});
