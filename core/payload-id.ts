import type { TaskRow } from './task-row.ts';

/**
 * Under what a payload that is no part of its row is stored. It is put before the row, so with an idempotency
 * key the hash of the body belongs to it: another body sent with the same key must not overwrite the payload
 * of the task that is there.
 */
export function payloadIdOf(row: Pick<TaskRow, 'task_id' | 'body_hash'>): string {
  return row.body_hash === undefined ? row.task_id : `${row.task_id}.${row.body_hash}`;
}
