import { describe, expect, it } from 'vitest';
import { itemBytes, readUnitsOf, writeUnitsOf } from '../../bench/item-size.ts';

describe('the size of an item', () => {
  it('counts names and texts in UTF-8', () => {
    expect(itemBytes({ id: { S: 'é' }, x: { S: '' } })).toBe(2 + 2 + 1);
  });

  it('counts a byte for two significant digits of a number, one more, and one for a minus', () => {
    expect(itemBytes({ n: { N: '1234' } })).toBe(1 + 3);
    expect(itemBytes({ n: { N: '123000' } })).toBe(1 + 3);
    expect(itemBytes({ n: { N: '0' } })).toBe(1 + 1);
    expect(itemBytes({ n: { N: '-0.0125' } })).toBe(1 + 4);
  });

  it('adds 3 bytes for a list or map and 1 for each of its elements', () => {
    expect(itemBytes({ l: { L: [{ S: 'ab' }, { S: 'c' }] } })).toBe(1 + 3 + 2 + 3);
    expect(itemBytes({ m: { M: { a: { BOOL: true } } } })).toBe(1 + 3 + 1 + 2);
  });

  it('fails for a kind of value that no table uses', () => {
    expect(() => itemBytes({ b: { B: new Uint8Array(1) } })).toThrow('no size is known');
  });
});

describe('the units of a size', () => {
  it('counts each started KB written and each started 4 KB read', () => {
    expect([0, 1024, 1025].map(writeUnitsOf)).toEqual([1, 1, 2]);
    expect([0, 4096, 4097].map((bytes) => readUnitsOf(bytes, true))).toEqual([1, 1, 2]);
    expect(readUnitsOf(4097, false)).toBe(1);
  });
});
