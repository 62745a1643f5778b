import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../item-size.ts';

/** A PartiQL write, understood: the table and what it does to the row with its key. */
export interface Statement {
  readonly table: string;
  readonly kind: 'insert' | 'update';
  readonly returnsRow: boolean;
  /** The row's key, from the parameters. */
  readonly keyOf: (parameters: readonly AttributeValue[]) => Item;
  /** Whether a row meets the conditions. */
  readonly isMet: (row: Item, parameters: readonly AttributeValue[]) => boolean;
  /** The row afterwards. */
  readonly apply: (row: Item, parameters: readonly AttributeValue[]) => Item;
}

type Change = (row: Record<string, AttributeValue>, parameters: readonly AttributeValue[]) => void;
type Condition = (row: Item, parameters: readonly AttributeValue[]) => boolean;

const parsed = new Map<string, Statement>();

/**
 * Understands the shapes of statement that `row-statements.ts` makes, once for each text. Throws for any other,
 * so that a new shape is not answered wrongly in silence.
 */
export function parseStatement(text: string): Statement {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const statement = text.startsWith('INSERT') ? parseInsert(text) : parseUpdate(text);
  parsed.set(text, statement);
  return statement;
}

function parseInsert(text: string): Statement {
  const match = /^INSERT INTO "([^"]+)" VALUE \{(.*)\}$/.exec(text) ?? unknown(text);
  const names = [...(match[2] ?? '').matchAll(/'([^']+)': \?/g)].map(([, name = '']) => name);
  const item = (parameters: readonly AttributeValue[]): Item =>
    Object.fromEntries(names.map((name, index) => [name, required(parameters, index)]));
  return {
    table: match[1] ?? '',
    kind: 'insert',
    returnsRow: false,
    keyOf: item,
    isMet: () => true,
    apply: (_, parameters) => item(parameters),
  };
}

function parseUpdate(text: string): Statement {
  const match =
    /^UPDATE "([^"]+)" SET (.*?) WHERE (.*?)( RETURNING ALL NEW \*)?$/.exec(text) ?? unknown(text);
  let place = 0;
  const next = (count = 1): number => {
    place += count;
    return place - count;
  };
  const changes = (match[2] ?? '').split(' SET ').map((clause) => parseChange(clause, next, text));
  const [keyClause = '', ...clauses] = (match[3] ?? '').split(' AND ');
  const keyName = /^"([^"]+)" = \?$/.exec(keyClause)?.[1] ?? unknown(text)[0];
  const keyPlace = next();
  const conditions = clauses.map((clause) => parseCondition(clause, next, text));
  return {
    table: match[1] ?? '',
    kind: 'update',
    returnsRow: match[4] !== undefined,
    keyOf: (parameters) => ({ [keyName]: required(parameters, keyPlace) }),
    isMet: (row, parameters) => conditions.every((condition) => condition(row, parameters)),
    apply: (row, parameters) => {
      const changed = { ...row };
      for (const change of changes) change(changed, parameters);
      return changed;
    },
  };
}

function parseChange(clause: string, next: () => number, text: string): Change {
  const counter = /^"([^"]+)" = "\1" \+ 1$/.exec(clause)?.[1];
  if (counter !== undefined) {
    return (row) => {
      row[counter] = { N: String(Number(row[counter]?.N) + 1) };
    };
  }
  const list = /^"([^"]+)" = list_append\("\1", \?\)$/.exec(clause)?.[1];
  if (list !== undefined) {
    const place = next();
    return (row, parameters) => {
      row[list] = { L: [...(row[list]?.L ?? []), ...(required(parameters, place).L ?? [])] };
    };
  }
  const name = /^"([^"]+)" = \?$/.exec(clause)?.[1] ?? unknown(text)[0];
  const place = next();
  return (row, parameters) => {
    row[name] = required(parameters, place);
  };
}

function parseCondition(clause: string, next: (count?: number) => number, text: string): Condition {
  const [, name = '', operator = ''] = /^"([^"]+)" (= \?|<= \?|IN \[[?, ]+\])$/.exec(clause) ?? unknown(text);
  if (operator.startsWith('IN')) {
    const count = operator.split('?').length - 1;
    const first = next(count);
    return (row, parameters) =>
      parameters.slice(first, first + count).some((value) => value.S === row[name]?.S);
  }
  const place = next();
  return operator === '= ?'
    ? (row, parameters) => isSame(row[name], required(parameters, place))
    : (row, parameters) => Number(row[name]?.N) <= Number(required(parameters, place).N);
}

function isSame(left: AttributeValue | undefined, right: AttributeValue): boolean {
  return left !== undefined && left.S === right.S && left.N === right.N;
}

function required(parameters: readonly AttributeValue[], place: number): AttributeValue {
  const value = parameters[place];
  if (value === undefined) throw new Error(`the statement has no parameter ${place + 1}`);
  return value;
}

function unknown(text: string): never {
  throw new Error(`the stub does not know the statement ${text}; add its shape to bench/stub/statement.ts`);
}
