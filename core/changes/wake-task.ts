import type { LaneMessage } from '../claim.ts';
import { type RowWrite, transition } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead } from './change.ts';

/** What is to be done with a message that wakes an ordered task. */
export type Wake =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'put_back'; readonly untilMs: number }
  | { readonly kind: 'write'; readonly write: RowWrite };

/**
 * Judges a message that wakes an ordered task when its time has come: the task is queued, with a generation of its
 * own, and the dispatcher gives it its place in the ordered queue. That queue knows no delay of a single message, and
 * one that came early would hold up its key. Whatever is no longer scheduled needs no waking.
 */
export function judgeWake(row: TaskRow | undefined, message: LaneMessage, nowMs: number): Wake {
  if (row?.status !== 'scheduled' || row.generation !== message.generation) return { kind: 'acknowledge' };
  if (row.claimable_at > nowMs) return { kind: 'put_back', untilMs: row.claimable_at };
  const set = { claimable_at: 0 };
  const timer = timerChange(row, { ...row, status: 'queued', ...set }, nowMs);
  return {
    kind: 'write',
    write: transition(row.task_id, {
      to: 'queued',
      atMs: nowMs,
      cause: 'due',
      expect: asRead(row),
      set: { ...set, ...timer.set },
      increment: ['generation'],
      remove: timer.remove,
      known: row,
    }),
  };
}
