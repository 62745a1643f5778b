import type { Item } from '../item-size.ts';
import { compareKeys, type KeyCondition } from './key-condition.ts';

/** Items by the partition and in the order of a table's or an index's key. */
export class SortedIndex {
  readonly #partitions = new Map<string, Item[]>();

  /** `key` is partition key and sort key; items without both are left out, as in a sparse index. */
  constructor(items: Iterable<Item>, key: readonly string[]) {
    const [partition = '', sort = ''] = key;
    for (const item of items) {
      const value = item[partition]?.S;
      if (value === undefined || item[sort] === undefined) continue;
      const same = this.#partitions.get(value);
      if (same === undefined) this.#partitions.set(value, [item]);
      else same.push(item);
    }
    for (const same of this.#partitions.values()) same.sort((a, b) => compareKeys(a[sort], b[sort]));
  }

  query({ partition, sort, includes }: KeyCondition, forward: boolean, limit: number): Item[] {
    const same = this.#partitions.get(partition.value.S ?? '') ?? [];
    const found: Item[] = [];
    for (let place = 0; place < same.length && found.length < limit; place += 1) {
      const item = same[forward ? place : same.length - 1 - place];
      if (item !== undefined && includes(item[sort])) found.push(item);
    }
    return found;
  }
}
