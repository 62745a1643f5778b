/**
 * An entry of a memory as the control table holds it. Times are milliseconds since 1970, but for `expires_at`.
 * Without `value` it is what a deletion left: it keeps the version for whoever comes after it.
 */
export interface MemoryItem {
  /** JSON text. */
  readonly value?: string;
  /**
   * The moment of the last write, pushed on by one where the entry is that new already. So it rises with each
   * write, and a key that was deleted, or has expired and is gone, begins above all versions that it ever had.
   */
  readonly version: number;
  /** From when on nobody sees it. */
  readonly forgotten_at?: number;
  /** Names the last write: tells whose write a lost answer was. */
  readonly write_id: string;
  /** When DynamoDB may delete the item, in seconds since 1970. */
  readonly expires_at?: number;
}

/** What a write demands of the entry as it finds it. */
export type MemoryExpectation =
  | { readonly kind: 'any' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'version'; readonly version: number }
  /** The write happened at this moment, and counts only where nothing was written since. */
  | { readonly kind: 'older'; readonly thanMs: number };

/** One conditional write of one entry, as data: the adapter renders it, the in-memory store applies it. */
export interface MemoryWrite {
  readonly agentId: string;
  readonly key: string;
  /** JSON text. @default the entry is deleted */
  readonly value?: string;
  /** From when on nobody shall see it. @default never */
  readonly forgottenAtMs?: number;
  readonly expect: MemoryExpectation;
  readonly nowMs: number;
  /** Random, or the name of what is written once. */
  readonly writeId: string;
}

export type MemoryOutcome =
  /** `isNew`: there was no entry before. */
  | { readonly kind: 'written'; readonly version: number; readonly isNew: boolean }
  /** There was no entry to delete. */
  | { readonly kind: 'nothing'; readonly version?: undefined }
  /** The entry is not the expected one; `version` is what it has, undefined where there is none. */
  | { readonly kind: 'mismatch'; readonly version: number | undefined };

/**
 * How long DynamoDB keeps an entry that nobody sees any more. A new entry of the key then begins at the clock's
 * time, which must be above the versions before: no two clocks are a day apart.
 */
const FORGOTTEN_LIFE_SECONDS = 86_400;

/**
 * How long the mark of a deletion stays: while it does, no output of a task that ended before is remembered after
 * it. Its stream record is a day old at most; messages of the redo queue, 24 days with their dead letters.
 */
const DELETED_LIFE_SECONDS = 30 * 86_400;

/** Whether anybody sees the entry. */
export function isRemembered(
  item: MemoryItem | undefined,
  nowMs: number,
): item is MemoryItem & { value: string } {
  return item?.value !== undefined && (item.forgotten_at === undefined || item.forgotten_at > nowMs);
}

/** What the entry is after the write, but for its version. */
export function writtenItem(write: MemoryWrite): Omit<MemoryItem, 'version'> {
  const { value, forgottenAtMs, nowMs, writeId } = write;
  if (value === undefined) {
    return { write_id: writeId, expires_at: Math.ceil(nowMs / 1000) + DELETED_LIFE_SECONDS };
  }
  const life =
    forgottenAtMs === undefined
      ? {}
      : {
          forgotten_at: forgottenAtMs,
          expires_at: Math.ceil(forgottenAtMs / 1000) + FORGOTTEN_LIFE_SECONDS,
        };
  return { value, write_id: writeId, ...life };
}

/** What comes of a write on the entry as it is, or was before the write: a function of both alone. */
export function judgeMemoryWrite(item: MemoryItem | undefined, write: MemoryWrite): MemoryOutcome {
  const before = isRemembered(item, write.nowMs) ? item : undefined;
  if (!isExpected(item, before, write.expect)) return { kind: 'mismatch', version: before?.version };
  if (write.value === undefined && before === undefined) return { kind: 'nothing' };
  return { kind: 'written', version: nextVersion(item, write), isNew: before === undefined };
}

function isExpected(
  item: MemoryItem | undefined,
  remembered: MemoryItem | undefined,
  expect: MemoryExpectation,
): boolean {
  switch (expect.kind) {
    case 'any':
      return true;
    case 'absent':
      return remembered === undefined;
    case 'present':
      return remembered !== undefined;
    case 'version':
      return remembered?.version === expect.version;
    case 'older':
      return item === undefined || item.version < expect.thanMs;
  }
}

function nextVersion(item: MemoryItem | undefined, { expect, nowMs }: MemoryWrite): number {
  if (expect.kind === 'older') return expect.thanMs;
  return item === undefined ? nowMs : Math.max(nowMs, item.version + 1);
}
