import type { AttributeValue, BatchStatementResponse } from '@aws-sdk/client-dynamodb';
import { type Item, itemBytes, readUnitsOf, writeUnitsOf } from '../item-size.ts';
import type { CallCounter } from './call-counts.ts';
import { parseKeyCondition } from './key-condition.ts';
import { SortedIndex } from './sorted-index.ts';
import { parseStatement } from './statement.ts';
import type { TableSchema } from './table-schema.ts';

/** A change of a row, as the table's stream tells it. */
export interface StreamChange {
  readonly table: string;
  readonly old?: Item;
  readonly new: Item;
}

interface StubTable {
  readonly schema: TableSchema;
  readonly rows: Map<string, Item>;
  /** By name; '' is the table itself. Dropped by every write, made by the first query after it. */
  readonly sorted: Map<string, SortedIndex>;
}

export interface StubQuery {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeValues: Item;
  readonly ScanIndexForward?: boolean;
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
}

/** Tables in memory, which count the capacity that each call would have used. */
export class StubTables {
  readonly #tables: ReadonlyMap<string, StubTable>;
  readonly #counter: CallCounter;
  readonly #changed: (change: StreamChange) => void;

  constructor(
    schemas: readonly TableSchema[],
    counter: CallCounter,
    changed: (change: StreamChange) => void,
  ) {
    this.#tables = new Map(
      schemas.map((schema) => [schema.name, { schema, rows: new Map(), sorted: new Map() }]),
    );
    this.#counter = counter;
    this.#changed = changed;
  }

  clear(): void {
    for (const { rows, sorted } of this.#tables.values()) {
      rows.clear();
      sorted.clear();
    }
  }

  itemsOf(name: string): readonly Item[] {
    return [...this.#of(name).rows.values()];
  }

  /** One statement of a BatchExecuteStatement. */
  run(text: string, parameters: readonly AttributeValue[]): BatchStatementResponse {
    const statement = parseStatement(text);
    const table = this.#of(statement.table);
    const key = keyText(table.schema, statement.keyOf(parameters));
    const row = table.rows.get(key);
    const isInsert = statement.kind === 'insert';
    if (isInsert && row !== undefined) return this.#refused(table, row, { Code: 'DuplicateItem' });
    if (!isInsert && (row === undefined || !statement.isMet(row, parameters))) {
      return this.#refused(table, row, {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        ...(row === undefined ? {} : { Item: { ...row } }),
      });
    }
    const changed = statement.apply(row ?? {}, parameters);
    this.#store(table, key, row, changed);
    return { TableName: statement.table, ...(statement.returnsRow ? { Item: { ...changed } } : {}) };
  }

  put(name: string, item: Item): void {
    const table = this.#of(name);
    const key = keyText(table.schema, item);
    this.#store(table, key, table.rows.get(key), item);
  }

  get(name: string, key: Item, consistent: boolean): Item | undefined {
    const table = this.#of(name);
    const item = table.rows.get(keyText(table.schema, key));
    this.#counter.read(name, readUnitsOf(item === undefined ? 0 : itemBytes(item), consistent));
    return item;
  }

  query(query: StubQuery): readonly Item[] {
    const { TableName, IndexName = '', ScanIndexForward = true, ConsistentRead = false } = query;
    const { schema, rows, sorted } = this.#of(TableName);
    const index = schema.indexes.find(({ name }) => name === IndexName);
    const key = index?.key ?? schema.key;
    const entries = sorted.get(IndexName) ?? new SortedIndex(rows.values(), key);
    sorted.set(IndexName, entries);
    const condition = parseKeyCondition(query.KeyConditionExpression, query.ExpressionAttributeValues);
    const found = entries.query(condition, ScanIndexForward, query.Limit ?? Number.POSITIVE_INFINITY);
    const names = index === undefined ? undefined : [...new Set([...key, ...schema.key])];
    const shown = names === undefined ? found : found.map((item) => entryOf(names, item) ?? {});
    const bytes = shown.reduce((sum, item) => sum + itemBytes(item), 0);
    this.#counter.read(
      index === undefined ? TableName : `${TableName}.${IndexName}`,
      readUnitsOf(bytes, ConsistentRead),
    );
    return shown;
  }

  #of(name: string): StubTable {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`the stub has no table "${name}"`);
    return table;
  }

  /** A refused write costs the units of the row that refused it. */
  #refused({ schema }: StubTable, row: Item | undefined, error: BatchStatementResponse['Error']) {
    this.#counter.wrote(schema.name, writeUnitsOf(row === undefined ? 0 : itemBytes(row)));
    return { TableName: schema.name, Error: error };
  }

  #store({ schema, rows, sorted }: StubTable, key: string, old: Item | undefined, item: Item): void {
    rows.set(key, item);
    sorted.clear();
    this.#counter.wrote(
      schema.name,
      writeUnitsOf(Math.max(itemBytes(item), old === undefined ? 0 : itemBytes(old))),
    );
    for (const index of schema.indexes) {
      const names = [...new Set([...index.key, ...schema.key])];
      const units = entryUnits(entryOf(names, old), entryOf(names, item));
      if (units > 0) this.#counter.wrote(`${schema.name}.${index.name}`, units);
    }
    this.#changed({ table: schema.name, new: item, ...(old === undefined ? {} : { old }) });
  }
}

/** The entry of a row in an index with keys only; a row without one of the keys has none. */
function entryOf(names: readonly string[], row: Item | undefined): Item | undefined {
  const entry = names.flatMap((name) => (row?.[name] === undefined ? [] : [[name, row[name]] as const]));
  return entry.length === names.length ? Object.fromEntries(entry) : undefined;
}

/** Nothing for an entry that stays as it is; a moved entry is a deletion and a put. */
function entryUnits(old: Item | undefined, entry: Item | undefined): number {
  if (JSON.stringify(old) === JSON.stringify(entry)) return 0;
  return [old, entry].reduce((sum, one) => sum + (one === undefined ? 0 : writeUnitsOf(itemBytes(one))), 0);
}

function keyText(schema: TableSchema, item: Item): string {
  return schema.key.map((name) => item[name]?.S ?? item[name]?.N ?? '').join('#');
}
