import { describe, expect, test } from 'vitest';
import { plainJson } from '../../../../functions/shared/expressions/plain-json.ts';

const limits = { depth: 4, bytes: 1000 };

describe('plain JSON', () => {
  test.each([
    [{ a: [1, 'x', true, null, { b: -0.5 }] }, { a: [1, 'x', true, null, { b: -0.5 }] }],
    [undefined, null],
    [
      [undefined, 1],
      [null, 1],
    ],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [Object.assign([1, 2], { sequence: true }), [1, 2]],
    [[[[[]]]], [[[[]]]]],
  ])('%j becomes %j', (value, plain) => {
    expect(plainJson(value, limits)).toEqual(plain);
  });

  test('is made of new objects, whose __proto__ is a key like any other', () => {
    const value = JSON.parse('{"__proto__": {"admin": true}}');
    const plain = plainJson(value, limits) as { admin?: boolean };
    expect(plain).not.toBe(value);
    expect(plain.admin).toBeUndefined();
    expect(JSON.stringify(plain)).toBe('{"__proto__":{"admin":true}}');
  });

  test.each([
    [() => 1, 'the result is a function'],
    [{ a: [{ _jsonata_lambda: true }] }, 'the result at /a/0 is a function'],
    [{ _jsonata_function: true }, 'the result is a function'],
    [[1n], 'the result at /0 is a bigint'],
    [{ a: Symbol('x') }, 'the result at /a is a symbol'],
    [Number.NaN, 'the result is NaN, which is no JSON number'],
    [{ a: 1 / 0 }, 'the result at /a is Infinity, which is no JSON number'],
    [[[[[[]]]]], 'is nested deeper than 4 levels'],
    ['x'.repeat(1000), 'has more than 1000 bytes'],
  ])('fails on a value that JSON cannot hold (%#)', (value, problem) => {
    expect(() => plainJson(value, limits)).toThrow(problem);
  });

  test('fails on a value that holds itself', () => {
    const value: Record<string, unknown> = {};
    value.self = value;
    expect(() => plainJson(value, limits)).toThrow('or in itself');
  });

  test('fails soon on a value that is shared so often that it would fill the memory', () => {
    let value: unknown = 'x';
    for (let level = 0; level < 60; level += 1) value = [value, value];
    expect(() => plainJson(value, { depth: 64, bytes: 100_000 })).toThrow('has more than 100000 bytes');
  });
});
