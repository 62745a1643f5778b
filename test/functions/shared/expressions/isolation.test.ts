import { afterAll, describe, expect, test } from 'vitest';
import { createExpressionPool } from '../../../../functions/shared/expressions/expression-pool.ts';

const pool = createExpressionPool({ size: 1 });
afterAll(() => pool.end());

async function result(expression: string, data: unknown = {}): Promise<unknown> {
  const signal = new AbortController().signal;
  const evaluation = await pool.evaluate(expression, JSON.stringify(data), { signal, attemptSeconds: 30 });
  return evaluation.ok ? evaluation.value : evaluation;
}

describe('an expression', () => {
  test.each([
    '$$.constructor',
    '$$.__proto__',
    '"".constructor',
    '$sum.constructor',
    '$sum.implementation',
    '$sum.*',
    '(function($x) { $x }).environment',
    '$lookup($$, "constructor")',
    '$lookup($$, "__proto__")',
    '$process',
    '$globalThis',
    '$require',
    '$constructor',
    '$__proto__',
  ])('finds nothing of the host by %s', async (expression) => {
    expect(await result(expression)).toBeNull();
  });

  test.each([
    ['a built-in function', '{"a": 1} ~> | $sum | {"implementation": $max} |'],
    ['a prototype', '{"a": 1} ~> | a.constructor | {"prototype": 1} |'],
    ['a prototype by its key', '{"a": {}} ~> | a | {"__proto__": {"polluted": true}} |'],
    ['a merged prototype', '$merge([{"__proto__": {"polluted": true}}, {"a": 1}])'],
    ['a variable', '$sum := 1'],
  ])('leaves nothing to the next one by changing %s', async (_, expression) => {
    await result(expression, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(await result('[$sum([1, 2]), $exists(polluted), $exists({}.polluted)]')).toEqual([
      3,
      false,
      false,
    ]);
  });

  test('sees data with the names of built-in members as data', async () => {
    const data = JSON.parse('{"__proto__": {"a": 1}, "constructor": "c", "hasOwnProperty": 2}');
    expect(await result('[constructor, hasOwnProperty, $lookup($, "__proto__").a]', data)).toEqual([
      'c',
      2,
      1,
    ]);
  });
});
