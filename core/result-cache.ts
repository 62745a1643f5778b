import { createHash } from 'node:crypto';
import type { AttemptResult } from './attempt-result.ts';
import { canonicalJson } from './canonical-json.ts';
import type { TaskRow } from './task-row.ts';

/** What must be equal for one task's output to serve another. */
export interface CacheSubject {
  readonly tenant: string;
  readonly type: string;
  /** Of the handler: another one gives another output. */
  readonly version: number;
  readonly payload: unknown;
}

/** Points to the result of an attempt that may serve equal tasks. It is put when that result is stored. */
export interface CacheEntry {
  readonly key: string;
  readonly task_id: string;
  readonly attempt: number;
  /** The epoch of the type's cache when the task was submitted: clearing begins another. */
  readonly epoch: number;
  /** In seconds since 1970; not after the result's own. */
  readonly expires_at: number;
}

/** What the cache knows: entries by key, whatever their epoch or age, and the epochs of types that are not 0. */
export interface CacheView {
  readonly entries: ReadonlyMap<string, CacheEntry>;
  readonly epochs: ReadonlyMap<string, number>;
}

/** What the cache has for one submission that asks for it. */
export interface CacheAnswer {
  /** The present epoch of its type. */
  readonly epoch: number;
  /** The id under which a result is stored that the task completes with; absent where there is none. */
  readonly resultId?: string;
}

/** Entries of the result cache, in the control table. */
export interface ResultCache {
  /** Looks keys and types up, consistently, by one read of each. Throws when they cannot be read. */
  look(keys: readonly string[], types: readonly string[]): Promise<CacheView>;
  /** Puts entries, each over what was there. Throws when one is not confirmed. */
  put(entries: readonly CacheEntry[]): Promise<void>;
  /** Begins another epoch of a type: no entry of before is used any more. Throws when that is not confirmed. */
  clear(type: string): Promise<void>;
}

/** The key of a subject: SHA-256 over its canonical JSON, 43 characters. No two subjects meet by chance. */
export function cacheKeyOf({ tenant, type, version, payload }: CacheSubject): string {
  const text = canonicalJson([tenant, type, version, payload]);
  return createHash('sha256').update(text).digest('base64url');
}

/** The id under which a row's results are stored: its own, unless it was completed from the cache. */
export function resultIdOf({ task_id, cached_result }: Pick<TaskRow, 'task_id' | 'cached_result'>): string {
  return cached_result ?? task_id;
}

/** Whether an entry may serve a task submitted now, in the type's present epoch. */
export function isUsable(entry: CacheEntry, epoch: number, nowMs: number): boolean {
  return entry.epoch === epoch && entry.expires_at * 1000 > nowMs;
}

/** The entry for a success of a task that asks for one; undefined for one that does not. */
export function cacheEntryOf(
  row: TaskRow,
  result: AttemptResult,
  subject: Pick<CacheSubject, 'version' | 'payload'>,
): CacheEntry | undefined {
  if (row.cache_ttl_seconds === undefined) return undefined;
  const { tenant, type, cache_epoch: epoch = 0 } = row;
  return {
    key: cacheKeyOf({ tenant, type, ...subject }),
    task_id: row.task_id,
    attempt: result.attempt,
    epoch,
    expires_at: Math.min(Math.floor(result.ended_at / 1000) + row.cache_ttl_seconds, result.expires_at),
  };
}
