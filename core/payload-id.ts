import type { TaskRow } from './task-row.ts';

/**
 * Under what a payload that is no part of its row is stored. It is put before the row, so with an idempotency
 * key the hash of the body belongs to it: another body sent with the same key must not overwrite the payload
 * of the task that is there.
 */
export function payloadIdOf(row: Pick<TaskRow, 'task_id' | 'body_hash'>): string {
  return row.body_hash === undefined ? row.task_id : `${row.task_id}.${row.body_hash}`;
}

/**
 * Payloads are put before their rows, and expire by themselves should the row never come; the dispatcher
 * shortens this when the task ends. 800 days are longer than any life of a task: a year ahead at the most, then
 * 100 attempts a day apart, and its retention.
 */
export const PAYLOAD_LIFE_SECONDS = 800 * 86_400;
