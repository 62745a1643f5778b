/** What was asked of the stub since the last reset. */
export interface CallCounts {
  /** By operation, such as `dynamodb.BatchExecuteStatement`. */
  readonly operations: Readonly<Record<string, OperationCount>>;
  /** Units by table, and by `table.index`. */
  readonly writeUnits: Readonly<Record<string, number>>;
  readonly readUnits: Readonly<Record<string, number>>;
}

export interface OperationCount {
  readonly calls: number;
  /** Statements, items, keys or messages in them. */
  readonly entries: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Counts calls and units. */
export class CallCounter {
  #operations: Record<string, OperationCount> = {};
  #writeUnits: Record<string, number> = {};
  #readUnits: Record<string, number> = {};

  call(operation: string, counted: Omit<OperationCount, 'calls'>): void {
    const before = this.#operations[operation];
    this.#operations[operation] = {
      calls: (before?.calls ?? 0) + 1,
      entries: (before?.entries ?? 0) + counted.entries,
      requestBytes: (before?.requestBytes ?? 0) + counted.requestBytes,
      responseBytes: (before?.responseBytes ?? 0) + counted.responseBytes,
    };
  }

  wrote(what: string, units: number): void {
    this.#writeUnits[what] = (this.#writeUnits[what] ?? 0) + units;
  }

  read(what: string, units: number): void {
    this.#readUnits[what] = (this.#readUnits[what] ?? 0) + units;
  }

  /** What was counted since the last time, and begins anew. */
  take(): CallCounts {
    const counts = {
      operations: this.#operations,
      writeUnits: this.#writeUnits,
      readUnits: this.#readUnits,
    };
    this.#operations = {};
    this.#writeUnits = {};
    this.#readUnits = {};
    return counts;
  }
}
