import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../item-size.ts';

/** The entries that a query asks for: one partition, and a range of its sort key. */
export interface KeyCondition {
  readonly partition: { readonly name: string; readonly value: AttributeValue };
  readonly sort: string;
  readonly includes: (value: AttributeValue | undefined) => boolean;
}

/** Understands the two shapes of key condition that the adapters use. Throws for any other. */
export function parseKeyCondition(expression: string, values: Item): KeyCondition {
  const match = /^(\w+) = (:\w+) AND (\w+) (?:BETWEEN (:\w+) AND (:\w+)|> (:\w+))$/.exec(expression);
  if (match === null) {
    throw new Error(
      `the stub does not know the key condition ${expression}; add its shape to key-condition.ts`,
    );
  }
  const [, name = '', value = '', sort = '', from = '', to = '', above = ''] = match;
  const required = (placeholder: string): AttributeValue => {
    const found = values[placeholder];
    if (found === undefined) throw new Error(`the query has no value ${placeholder}`);
    return found;
  };
  return {
    partition: { name, value: required(value) },
    sort,
    includes:
      above === ''
        ? (one) => compareKeys(one, required(from)) >= 0 && compareKeys(one, required(to)) <= 0
        : (one) => compareKeys(one, required(above)) > 0,
  };
}

/** Orders two values of a sort key: texts as texts, numbers as numbers. */
export function compareKeys(a: AttributeValue | undefined, b: AttributeValue | undefined): number {
  if (a?.N !== undefined && b?.N !== undefined) return Number(a.N) - Number(b.N);
  const [left, right] = [a?.S ?? '', b?.S ?? ''];
  return left < right ? -1 : Number(left > right);
}
