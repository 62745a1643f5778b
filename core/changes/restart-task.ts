import { isPulled } from '../agents/mailbox.ts';
import { isOrdered } from '../order.ts';
import { transition } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead, type Change, refused } from './change.ts';

/**
 * Ends the lease of a running attempt: the task is queued anew, with a generation of its own, and the attempt
 * learns at its next look that the task is no longer its. By the numbers it has crashed, so what it may have
 * stored is found before anything runs again. An ordered task keeps its place: only its lease ends, and the message
 * that is there wakes it. So it is with an agent's task whose cancel was accepted, for it might wait for another
 * claim for ever: the timers, or whoever claims it before, find its lease over and cancel it.
 */
export function restartChange(row: TaskRow, nowMs: number): Change {
  if (row.status !== 'processing') return refused(row, 'only a running task can be restarted');
  if (isOrdered(row) || (isPulled(row) && row.cancel_requested))
    return { kind: 'write', write: endLease(row, nowMs) };
  const timer = timerChange(row, { ...row, status: 'queued', claimable_at: 0 }, nowMs);
  return {
    kind: 'write',
    write: transition(row.task_id, {
      to: 'queued',
      atMs: nowMs,
      cause: 'restarted',
      expect: asRead(row),
      set: { claimable_at: 0, ...timer.set },
      increment: ['generation'],
      // A token opens nothing any more: whoever comes with it has lost the lease.
      remove: [...timer.remove, ...(isPulled(row) ? (['lease_id'] as const) : [])],
      known: row,
      returnRow: true,
    }),
  };
}

function endLease(row: TaskRow, nowMs: number) {
  const pulled = isPulled(row) ? timerChange(row, { ...row, claimable_at: nowMs }, nowMs) : undefined;
  return transition(row.task_id, {
    to: 'processing',
    atMs: nowMs,
    cause: 'restarted',
    expect: [...asRead(row), { attribute: 'status', oneOf: ['processing'] }],
    set: { claimable_at: nowMs, ...pulled?.set },
    remove: pulled === undefined ? [] : [...pulled.remove, 'lease_id'],
    known: row,
    returnRow: true,
  });
}
