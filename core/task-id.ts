import { v5, v7 } from 'uuid';
import type { TaskRow } from './task-row.ts';
import { createdAtMs } from './time-index.ts';

/** The name space of ids that are made from idempotency keys. It must never change. */
const NAMESPACE = '5b1f5f6e-3c5e-5d0a-9f0f-6d1f6a0f3b77';

/** A new id: UUID version 7 of a moment and 16 random bytes. */
export function newTaskId(nowMs: number, random: Uint8Array): string {
  return `task-${v7({ msecs: nowMs, random })}`;
}

/** Whose idempotency key, on which route, for which member of the body (0 for a single task). */
export interface KeyedSubmission {
  readonly route: string;
  readonly tenant: string;
  readonly key: string;
  readonly index: number;
}

/** The id that a submission with an idempotency key always has: the insert itself then detects a replay. */
export function keyedTaskId({ route, tenant, key, index }: KeyedSubmission): string {
  return `task-${v5(JSON.stringify([route, tenant, key, index]), NAMESPACE)}`;
}

/**
 * The id of a task that the platform submits because of another: always the same for the same purpose and
 * number, so that whoever does it twice does it once. An idempotency key gives the id of an expired task to the next
 * one: the moment of their creation keeps what follows from them apart.
 */
export function derivedTaskId(
  parent: Pick<TaskRow, 'task_id' | 'listed_at'>,
  purpose: string,
  number: number,
): string {
  const name = JSON.stringify(['derived', parent.task_id, createdAtMs(parent), purpose, number]);
  return `task-${v5(name, NAMESPACE)}`;
}
