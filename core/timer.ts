import { AGENT_TYPE, mailboxChange } from './agents/mailbox.ts';
import { holdsOf } from './dependencies/members.ts';
import { MAX_DELAY_SECONDS } from './lane-delay.ts';
import { isOrdered } from './order.ts';
import type { Removable, Settable } from './row-write.ts';
import { isEnded } from './status.ts';
import type { TaskRow } from './task-row.ts';

/** What a row's timer depends on. */
export type Timed = Pick<TaskRow, 'status' | 'claimable_at' | 'deadline' | 'priority' | 'waiting_on'> & {
  readonly type?: string;
  readonly ordering_key?: string | undefined;
  /** The net that an ordered row has already, which stays. @default a new one */
  readonly net_at?: number | undefined;
};

/** After how long the timers see to an ordered row that waits for its first claim: its message may not have been sent. */
export const NET_MS = 60_000;

/** How long after its due time they see to one that waits for another attempt: SQS may have lost its message. */
export const RETRY_NET_MS = 15 * 60_000;

/**
 * How long whoever puts dependencies has time for it, before the timers do it in its place: twice what API Gateway
 * gives a request.
 */
export const HOLD_MS = 60_000;

/**
 * The earliest moment at which something must happen to a row that nothing else brings about; undefined if
 * there is none. A due time that SQS's longest delay reaches is the lane message's. A running row is left to its
 * executor, which knows the deadline, and to its lease. A task that agents claim has no message and no executor:
 * its due time and the end of its lease are the timers'.
 */
export function timerAtOf(row: Timed, nowMs: number): number | undefined {
  if (isEnded(row.status)) return undefined;
  if (row.type === AGENT_TYPE) return agentTimerAt(row, nowMs);
  if (row.status === 'processing') return undefined;
  const moments = [
    ...(row.deadline === undefined ? [] : [row.deadline]),
    ...(isDueLate(row, nowMs) ? [row.claimable_at] : []),
    ...holdMoments(row, nowMs),
    ...netsOf(row, nowMs),
  ];
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** The net below an ordered row's message, which alone keeps its place. */
function netsOf(row: Timed, nowMs: number): readonly number[] {
  if (!isOrdered(row)) return [];
  if (row.status === 'queued') return [row.net_at ?? nowMs + NET_MS];
  return row.status === 'retrying' ? [row.claimable_at + RETRY_NET_MS] : [];
}

function agentTimerAt(row: Timed, nowMs: number): number | undefined {
  const { status, claimable_at, deadline } = row;
  const moments = [
    ...(deadline === undefined ? [] : [deadline]),
    ...(status === 'queued' || status === 'waiting' ? [] : [claimable_at]),
    ...holdMoments(row, nowMs),
  ];
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** When whoever holds a row has had its time. */
function holdMoments(row: Timed, nowMs: number): readonly number[] {
  return isHeld(row) ? [nowMs + HOLD_MS] : [];
}

/** Whether a row waits for a due time that no lane message can wait for. */
function isDueLate(row: Timed, nowMs: number): boolean {
  const waits = row.status === 'scheduled' || (row.status === 'retrying' && !isOrdered(row));
  return waits && row.claimable_at > nowMs + MAX_DELAY_SECONDS * 1000;
}

/** Whether somebody is at work on the dependencies of a row, or has died over it. */
export function isHeld({ status, waiting_on }: Pick<TaskRow, 'status' | 'waiting_on'>): boolean {
  return status === 'waiting' && waiting_on !== undefined && holdsOf({ waiting_on }).length > 0;
}

/**
 * Whether the row itself has given its due time to the timers: the dispatcher then sends nothing, by the row
 * alone, whatever its own clock says.
 */
export function isLeftToTimers(row: Pick<TaskRow, 'timer_at' | 'claimable_at'>): boolean {
  return row.timer_at !== undefined && row.timer_at <= row.claimable_at;
}

/** The part of a write that keeps a row's timer true; nothing at all for a row without one. */
export interface TimerChange {
  readonly set: Settable;
  readonly remove: readonly Removable[];
  /** Whether the timer is another than before. */
  readonly isChange: boolean;
}

/** What a write must do to the timer of `row`, and to its place in a mailbox, so that they become those of `next`. */
export function timerChange(row: TaskRow, next: Timed, nowMs: number): TimerChange {
  const { type, ordering_key } = row;
  const timerAt = timerAtOf({ ...next, type, ordering_key, net_at: netKept(row, next) }, nowMs);
  const { set, remove } = mailboxChange(row, next);
  if (timerAt === row.timer_at) return { set, remove, isChange: false };
  if (timerAt === undefined) return { set, remove: [...remove, 'timer_at', 'timer_in'], isChange: true };
  const timer = { timer_at: timerAt, timer_in: timerShardOf(row) };
  return { set: { ...set, ...timer }, remove, isChange: true };
}

/** A row that goes on waiting in its place keeps its net, and with it its place among the nets of its key. */
function netKept(row: TaskRow, next: Timed): number | undefined {
  const goesOn = row.status === 'queued' && next.status === 'queued';
  return goesOn && row.timer_at !== row.deadline ? row.timer_at : undefined;
}

/** The shard of the timer index that a row belongs to: the one that the time index has listed it in. */
export function timerShardOf(row: Pick<TaskRow, 'listed_in'>): string {
  return row.listed_in.slice(row.listed_in.indexOf('#') + 1);
}
