import { decodeHistory } from '../history.ts';
import { isOrdered } from '../order.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerShardOf } from '../timer.ts';
import { asRead } from './change.ts';

/**
 * After how long a row whose message is known to be in the ordered queue is seen to again, at the least: each time
 * costs three write units, and from five minutes on a second message. SQS itself loses no message before its
 * retention ends (14 days), so this is for what nobody has thought of.
 */
export const RENEWED_NET_MS = 3_600_000;

/** Whether the timers are to send an ordered row's message once more: it may never have been sent. */
export function isNetDue(row: TaskRow, nowMs: number): boolean {
  if (!isOrdered(row) || (row.status !== 'queued' && row.status !== 'retrying')) return false;
  if (row.deadline !== undefined && row.deadline <= nowMs) return false;
  return row.timer_at !== undefined && row.timer_at <= nowMs;
}

/**
 * Sets the net of a row anew, once its message was sent: after as long as it has waited already, but not before
 * RENEWED_NET_MS, so that a long backlog is not sent again and again. `place`: its place among the rows that were
 * sent with it, by which nets of one key stay in their order.
 */
export function renewNet(row: TaskRow, nowMs: number, place: number): RowWrite {
  const [last] = decodeHistory(row.history.slice(-1));
  const waitedMs = nowMs - (last?.at ?? nowMs);
  const netAt = nowMs + Math.max(RENEWED_NET_MS, waitedMs) + place;
  return {
    taskId: row.task_id,
    expect: [...asRead(row), { attribute: 'status', oneOf: [row.status] }],
    set: { timer_at: Math.min(netAt, row.deadline ?? netAt), timer_in: timerShardOf(row) },
    increment: [],
    returnRow: false,
  };
}
