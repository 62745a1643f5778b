/** What the stub and the cost count need to know of a table. */
export interface TableSchema {
  readonly name: string;
  /** Partition key and, if there is one, sort key. */
  readonly key: readonly string[];
  readonly indexes: readonly IndexSchema[];
}

/** A global index with keys only. */
export interface IndexSchema {
  readonly name: string;
  readonly key: readonly string[];
}
