import * as z from 'zod';
import type { InputError } from '../errors.ts';
import { describeValue } from './describe-value.ts';
import { jsonPointer } from './json-pointer.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** Checks a value against a schema; errors have pointers that go on from `base`. */
export function checkInput<Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
  base = '',
): Checked<z.output<Schema>> {
  const parsed = z.safeParse(schema, value, { error: wordIssue });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, errors: parsed.error.issues.flatMap((issue) => errorsOf(issue, base)) };
}

function errorsOf(issue: Issue, base: string): InputError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: jsonPointer(base, [...issue.path, key]),
      message: 'this field is unknown; leave it out',
    }));
  }
  return [{ path: jsonPointer(base, issue.path), message: issue.message }];
}

/** The words for what a schema refuses: the value, and the rule. A schema's own words win. */
function wordIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'this field is required'
        : `${describeValue(issue.input)} is no ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `${describeValue(issue.input)} is not ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_big':
      return tooFar(issue.input, `at most ${issue.maximum}`);
    case 'too_small':
      return tooFar(issue.input, `at least ${issue.minimum}`);
    case 'invalid_union':
      return `${describeValue(issue.input)} has none of the allowed forms`;
    default:
      return undefined;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'whole number',
  record: 'object',
  array: 'list',
  boolean: 'true or false',
};

function tooFar(input: unknown, limit: string): string {
  if (typeof input === 'string') return `the text has ${[...input].length} characters; ${limit} are allowed`;
  if (Array.isArray(input)) return `the list has ${input.length} items; ${limit} are allowed`;
  return `${describeValue(input)} is out of range: ${limit} is allowed`;
}
