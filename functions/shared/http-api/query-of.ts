import { jsonPointer } from '../../../core/contract/json-pointer.ts';
import type { InputError } from '../../../core/errors.ts';

/** The parameters of a query by name, and what is wrong with it: API Gateway itself would join doubled ones. */
export function queryOf(rawQueryString: string): {
  readonly query: Readonly<Record<string, string>>;
  readonly errors: readonly InputError[];
} {
  const parameters = new URLSearchParams(rawQueryString);
  const doubled = new Set([...parameters.keys()].filter((name) => parameters.getAll(name).length > 1));
  return {
    query: Object.fromEntries(parameters),
    errors: [...doubled].map((name) => ({
      path: jsonPointer('', [name]),
      message: `the parameter is given ${parameters.getAll(name).length} times; give it once`,
    })),
  };
}
