import { describe, expect, test } from 'vitest';
import { expressionSchema } from '../../../../functions/shared/expressions/expression-schema.ts';
import { syntaxProblem } from '../../../../functions/shared/expressions/syntax-problem.ts';

describe('the syntax of an expression', () => {
  test.each([
    'a.b[c > 1]',
    '$sum(orders.(price * quantity))',
    '($f := function($x) { $x <= 1 ? 1 : $x * $f($x - 1) }; $f(5))',
    '/(a+)+$/',
    'a ~> | b | {"c": 1} |',
    `[${'1,'.repeat(5000)}1]`,
    `1${' + 1'.repeat(200)}`,
    `${'('.repeat(100)}1${')'.repeat(100)}`,
  ])('is right: %.60s', (expression) => {
    expect(syntaxProblem(expression)).toBeUndefined();
  });

  test.each([
    ['', 'Unexpected end of expression'],
    ['a.', 'the expression is not JSONata at position 2: Unexpected end of expression'],
    ['(a', 'the expression is not JSONata at position 2: Expected ")" before end of expression'],
    ['a b', 'the expression is not JSONata at position 3: Syntax error: "b"'],
    [
      '"abc',
      'the expression is not JSONata at position 4: String literal must be terminated by a matching quote',
    ],
    ['/(/', 'the expression is not JSONata at position 3: No terminating / in regular expression'],
    ['%', "The object representing the 'parent' cannot be derived from this expression"],
  ])('fails: %s', (expression, problem) => {
    expect(syntaxProblem(expression)).toContain(problem);
  });

  test('fails past 16 KB of text, in bytes', () => {
    const expression = `"${'ü'.repeat(8192)}"`;
    expect(syntaxProblem(expression)).toBe('the expression has 16386 bytes; the limit is 16384');
  });

  test('fails on more steps than the parser takes in reasonable time', () => {
    expect(syntaxProblem(`a${'.a'.repeat(1000)}`)).toBeUndefined();
    expect(syntaxProblem(`a${'.a'.repeat(1001)}`)).toContain('has 1001 dots; the limit is 1000');
  });

  test.each([
    ['parentheses', `${'('.repeat(300)}1${')'.repeat(300)}`],
    ['brackets', `${'['.repeat(8000)}${']'.repeat(8000)}`],
    ['objects', `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`],
    ['a sum', `1${'+1'.repeat(8000)}`],
    ['conditions', `${'a?'.repeat(8000)}a`],
    ['bindings', `${'$f:='.repeat(4000)}1`],
    ['functions', `${'function(){'.repeat(1200)}1${'}'.repeat(1200)}`],
    ['predicates', `${'a['.repeat(5000)}1${']'.repeat(5000)}`],
    ['a chain', `a${'~>a'.repeat(5000)}`],
    ['orders', `${'a^('.repeat(3000)}a${')'.repeat(3000)}`],
    ['a little more than the limit', `1${'+1'.repeat(260)}`],
  ])('fails when it is nested too deep, by %s', (_, expression) => {
    expect(syntaxProblem(expression)).toContain('nested levels; the limit is 250');
  });

  test.each([
    ['parentheses never closed', '('.repeat(16_000)],
    ['brackets never closed', '['.repeat(16_000)],
    ['functions never closed', 'function(){'.repeat(1400)],
    ['bindings of nothing', '$f:='.repeat(4000)],
    ['groups of a regular expression never closed', `/${'('.repeat(16_000)}/`],
  ])('fails, and the parser lives, on %s', (_, expression) => {
    expect(syntaxProblem(expression)).toMatch(/is not JSONata|nested levels/);
  });

  test('is told by the schema with its path', () => {
    expect(expressionSchema.safeParse('1 +').error?.issues).toEqual([
      expect.objectContaining({
        path: [],
        message: 'the expression is not JSONata at position 3: Unexpected end of expression',
      }),
    ]);
  });
});
