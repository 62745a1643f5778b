import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { idSchema } from '../../../core/contract/identifiers.ts';
import { checkInput } from '../../../core/contract/input-errors.ts';
import { jsonPointer } from '../../../core/contract/json-pointer.ts';

const errorsOf = (schema: z.ZodType, value: unknown) => {
  const checked = checkInput(schema, value, '/payload');
  return checked.ok ? [] : checked.errors;
};

describe('what is said of an input that a schema refuses', () => {
  it.each([
    ['several forms', z.union([z.string(), z.number()]), true, 'true has none of the allowed forms'],
    ['a type of its own name', z.boolean(), 'yes', '"yes" is no true or false'],
    ['a record', z.record(z.string(), z.number()), 7, '7 is no object'],
    ['one value', z.literal('a'), { b: 1 }, 'an object is not "a"'],
    ['a rule with words of its own', z.string().max(2, 'two at most'), 'abc', 'two at most'],
    [
      'a text, whose characters are whole ones',
      z.string().max(2),
      '😀😀😀',
      'the text has 3 characters; at most 2 are allowed',
    ],
    [
      'an id that is too long',
      idSchema,
      'x'.repeat(129),
      `an id has 1 to 128 characters of A-Z a-z 0-9 _ . : -; this is "${'x'.repeat(60)}…", of 129`,
    ],
    [
      'a rule that only zod has words for',
      z.number().multipleOf(2),
      3,
      'Invalid number: must be a multiple of 2',
    ],
  ])('names value and rule, for %s', (_, schema, value, message) => {
    expect(errorsOf(schema, value)).toEqual([{ path: '/payload', message }]);
  });

  it('points at names with slashes and tildes as RFC 6901 says, and cuts long ones', () => {
    const schema = z.record(z.string(), z.number());
    expect(errorsOf(schema, { 'a/b~c': 'x' })[0]?.path).toBe('/payload/a~1b~0c');
    expect(errorsOf(schema, { ['x'.repeat(5000)]: 'x' })[0]?.path).toHaveLength('/payload/'.length + 128);
    expect(jsonPointer('/payload', Array(60).fill('x'.repeat(128)))).toHaveLength(1024);
  });
});
