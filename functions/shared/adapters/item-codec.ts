import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** How an attribute is stored. `json` is JSON text in a string; `strings` a list of strings, `set` a set of them. */
export type Storage = 'string' | 'number' | 'boolean' | 'strings' | 'set' | 'json';

/** How each attribute of `T` is stored: the compiler demands all of them. */
export type ItemSchema<T> = { readonly [Name in keyof Required<T>]: Storage };

export type Item = Record<string, AttributeValue>;

/**
 * Items of a table whose attributes are known. The general marshaller of the SDK walks every value and costs
 * the executor more than its own code does; this one knows what to expect and refuses anything else.
 */
export class ItemCodec<T extends object> {
  readonly #schema: ItemSchema<T>;

  constructor(schema: ItemSchema<T>) {
    this.#schema = schema;
  }

  /** An object as an item; undefined values are left out. */
  encode(value: Partial<T>): Item {
    const item: Item = {};
    for (const name in value) {
      const attribute = value[name];
      if (attribute !== undefined) item[name] = this.encodeAttribute(name, attribute);
    }
    return item;
  }

  /** One attribute's value. Throws a TypeError for an attribute that the schema does not know. */
  encodeAttribute(name: keyof T & string, value: unknown): AttributeValue {
    switch (this.#schema[name]) {
      case 'string':
        return { S: String(value) };
      case 'number':
        return { N: String(value) };
      case 'boolean':
        return { BOOL: value === true };
      case 'strings':
        return { L: (value as readonly string[]).map((text) => ({ S: text })) };
      case 'set':
        return { SS: [...(value as readonly string[])] };
      case 'json':
        return { S: JSON.stringify(value) };
      default:
        throw new TypeError(`"${name}" is no attribute of this table`);
    }
  }

  /** An item as an object; attributes that the schema does not know (of a newer version) are left out. */
  decode(item: Item): T {
    const value: Record<string, unknown> = {};
    for (const name in item) {
      const storage = (this.#schema as Readonly<Record<string, Storage>>)[name];
      const attribute = item[name];
      if (storage !== undefined && attribute !== undefined) value[name] = decodeAttribute(storage, attribute);
    }
    return value as T;
  }
}

function decodeAttribute(storage: Storage, attribute: AttributeValue): unknown {
  switch (storage) {
    case 'string':
      return attribute.S;
    case 'number':
      return Number(attribute.N);
    case 'boolean':
      return attribute.BOOL === true;
    case 'strings':
      return (attribute.L ?? []).map((element) => element.S ?? '');
    case 'set':
      // DynamoDB keeps no order: equal sets look alike once they are sorted.
      return [...(attribute.SS ?? [])].sort();
    case 'json':
      return JSON.parse(attribute.S ?? 'null');
  }
}
