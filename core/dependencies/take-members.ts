import { asRead } from '../changes/change.ts';
import { type Expectation, type RowWrite, type TransitionOptions, transition } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { isHold, withoutMembers } from './members.ts';

/** What goes along with taking members: for a removed dependency, the shorter list and a new version. */
export interface TakeOptions {
  readonly nowMs: number;
  readonly set?: TransitionOptions['set'];
  readonly remove?: TransitionOptions['remove'];
  /** The caller's change is one of its own: `version` rises. @default false */
  readonly isChange?: boolean;
}

/**
 * Takes members out of `waiting_on`. The last ones take the task on to its lane, or to its time, by the same
 * write, which holds only for exactly this set; before that, others may take theirs at the same time. A hold goes
 * only at the version that was read: its timer goes with the last one, and whoever adds one raises the version.
 */
export function takeMembers(row: TaskRow, members: readonly string[], options: TakeOptions): RowWrite {
  const { waiting_on = [] } = row;
  const left = withoutMembers(row, members);
  if (left.length === 0 && waiting_on.length > 0) {
    return moveOn(row, { attribute: 'waiting_on', exactly: waiting_on }, options);
  }
  const taken = waiting_on.filter((member) => members.includes(member));
  const isLastHold = taken.some(isHold) && !left.some(isHold);
  const timer = isLastHold ? timerChange(row, { ...row, waiting_on: left }, options.nowMs) : UNTOUCHED;
  const isBound = options.isChange === true || taken.some(isHold);
  return {
    taskId: row.task_id,
    expect: [
      { attribute: 'status', oneOf: ['waiting'] },
      ...(isBound ? asRead(row) : []),
      ...taken.map((contains) => ({ attribute: 'waiting_on', contains }) as const),
    ],
    set: { ...options.set, ...timer.set },
    increment: options.isChange ? ['version'] : [],
    remove: [...(options.remove ?? []), ...timer.remove],
    ...(taken.length === 0 ? {} : { take: taken }),
    returnRow: true,
  };
}

const UNTOUCHED = { set: {}, remove: [] } as const;

/**
 * Takes a task on that was left `waiting` for nothing: whoever took the last member beside somebody else has died,
 * or is just about to do the same. Undefined for any other.
 */
export function moveOnIfEmpty(row: TaskRow | undefined, nowMs: number): RowWrite | undefined {
  if (row?.status !== 'waiting' || row.waiting_on !== undefined) return undefined;
  return moveOn(row, { attribute: 'waiting_on', absent: true }, { nowMs });
}

/** To its lane, or to its time if that is still to come; with a generation of its own, so that it is dispatched. */
function moveOn(row: TaskRow, waitsForNothing: Expectation, options: TakeOptions): RowWrite {
  const { nowMs } = options;
  const isScheduled = row.claimable_at > nowMs;
  const to = isScheduled ? 'scheduled' : 'queued';
  const claimable_at = isScheduled ? row.claimable_at : 0;
  const timer = timerChange(row, { ...row, status: to, claimable_at }, nowMs);
  return transition(row.task_id, {
    to,
    atMs: nowMs,
    cause: 'released',
    expect: [{ attribute: 'status', oneOf: ['waiting'] }, ...asRead(row), waitsForNothing],
    set: { claimable_at, ...options.set, ...timer.set },
    increment: ['generation'],
    remove: [
      ...(options.remove ?? []),
      ...(row.waiting_on === undefined ? [] : (['waiting_on'] as const)),
      ...timer.remove,
    ],
    known: row,
    returnRow: true,
  });
}
