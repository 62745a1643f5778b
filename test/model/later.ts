import type { AttemptOutcome } from '../../core/finish.ts';
import type { Expectation, RowWrite } from '../../core/row-write.ts';
import { NEVER, type TaskRow } from '../../core/task-row.ts';
import { type LateWrite, NOW_MS, type Part, TICK_MS } from './state.ts';

/** A moment as many ticks later, as seen from the present; what has passed is the present itself, 0 stays 0. */
export function later(atMs: number, ticks: number): number {
  if (atMs === NEVER || atMs <= NOW_MS) return atMs;
  return Math.max(NOW_MS, atMs - ticks * TICK_MS);
}

/**
 * A row as many ticks later. A due time that has passed is as good as 0; but one that the row has given to the
 * timers is kept, since `isLeftToTimers` compares the two.
 */
export function rowLater(row: TaskRow, ticks: number): TaskRow {
  const { timer_at, deadline } = row;
  const due = later(row.claimable_at, ticks);
  const isLeft = timer_at !== undefined && timer_at <= row.claimable_at;
  const claimable_at = due <= NOW_MS && !isLeft ? 0 : due;
  if (timer_at === undefined && deadline === undefined)
    return claimable_at === row.claimable_at ? row : { ...row, claimable_at };
  return {
    ...row,
    claimable_at,
    ...(timer_at === undefined ? {} : { timer_at: later(timer_at, ticks) }),
    ...(deadline === undefined ? {} : { deadline: later(deadline, ticks) }),
  };
}

/** What an executor has in hand, as many ticks later. `maxAge`: from when a claim is older than its lease. */
export function partLater(part: Part | undefined, ticks: number, maxAge: number): Part | undefined {
  if (part === undefined || part.phase === 'received' || part.phase === 'done') return part;
  if (part.phase === 'claim_unanswered')
    return { ...part, claimAge: Math.min(part.claimAge + ticks, maxAge) };
  const row = rowLater(part.row, ticks);
  if ('claimAge' in part) return { ...part, row, claimAge: Math.min(part.claimAge + ticks, maxAge) };
  if (part.phase === 'running') return row === part.row ? part : { ...part, row };
  return { ...part, row, outcome: outcomeLater(part.outcome, ticks) };
}

function outcomeLater(outcome: AttemptOutcome, ticks: number): AttemptOutcome {
  return 'dueAtMs' in outcome ? { ...outcome, dueAtMs: later(outcome.dueAtMs, ticks) } : outcome;
}

/** A write that is on its way, as many ticks later. `row`: its task's row as it is now. */
export function lateWriteLater(late: LateWrite, row: TaskRow, ticks: number): LateWrite {
  const set = Object.entries(late.write.set).map(([name, value]) =>
    isTime(name) && typeof value === 'number' ? [name, later(value, ticks)] : [name, value],
  );
  const after = rowLater(row, ticks);
  const expect = late.write.expect.map((one): Expectation => {
    if (!('equals' in one) || !isTime(one.attribute)) return one;
    const isAsRead = one.equals === row[one.attribute];
    return { ...one, equals: isAsRead ? (after[one.attribute] ?? 0) : later(one.equals, ticks) };
  });
  return {
    ...late,
    write: { ...late.write, expect, set: Object.fromEntries(set) as RowWrite['set'] },
    sends: late.sends.map((send) => ({ ...send, dueAtMs: later(send.dueAtMs, ticks) })),
  };
}

/** Whether an attribute of a row is a moment that decisions read. */
export function isTime(name: string): name is 'claimable_at' | 'timer_at' | 'deadline' {
  return name === 'claimable_at' || name === 'timer_at' || name === 'deadline';
}
