import type { TaskRow } from './task-row.ts';

/** The hour of the time index that a moment belongs to: `2026-11-21T10`. */
export function hourOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 13);
}

/** Partition key of the time index. */
export function timeIndexKey(hour: string, shard: number): string {
  return `${hour}#${shard}`;
}

/** Sort key of the time index; 13 digits until the year 2286, so text sorts as the number does. */
export function timeIndexSort(atMs: number, taskId: string): string {
  return `${atMs}#${taskId}`;
}

/** When a row was created. */
export function createdAtMs(row: Pick<TaskRow, 'listed_at'>): number {
  return Number(row.listed_at.slice(0, 13));
}

/** Times of 13 digits: 2001 to 2286. */
const FIRST_MS = 1_000_000_000_000;
const LAST_MS = 9_999_999_999_999;

/** A moment as the time index's sort keys begin with it. A key of that very moment is above it. */
export function timeIndexBound(atMs: number): string {
  return String(Math.min(Math.max(atMs, FIRST_MS), LAST_MS));
}

/** Below and above every sort key of the time index. */
export const TIME_INDEX_BOTTOM = String(FIRST_MS);
export const TIME_INDEX_TOP = `${LAST_MS}~`;

/** The task and the moment that a sort key of the time index names. */
export function parseTimeIndexSort(listedAt: string): { readonly atMs: number; readonly taskId: string } {
  return { atMs: Number(listedAt.slice(0, 13)), taskId: listedAt.slice(14) };
}

/** The shard of the time index that a task belongs to: FNV-1a of its id. */
export function shardOf(taskId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < taskId.length; index += 1) {
    hash = Math.imul(hash ^ taskId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shards;
}
