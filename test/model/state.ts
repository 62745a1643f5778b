import type { AttemptResult } from '../../core/attempt-result.ts';
import type { AttemptOutcome } from '../../core/finish.ts';
import { EXPRESS_NET_SECONDS, type FollowUp } from '../../core/follow-up.ts';
import type { RowWrite } from '../../core/row-write.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { Fate } from '../../core/usecases/message-fate.ts';

/** The grain of time. Every time of the explorer is a multiple of it, so nothing is lost to rounding. */
export const TICK_SECONDS = EXPRESS_NET_SECONDS;
export const TICK_MS = TICK_SECONDS * 1000;

/** The present. It stands still: the clock moves every other time back instead, so it needs no bound. */
export const NOW_MS = Date.UTC(2026, 10, 21);

/** Who holds a message or a lease: an executor from 1, the dead-letter function, or nobody. */
export type Slot = number;
export const NOBODY: Slot = 0;
export const UNDERTAKER: Slot = 3;

/** Who writes rows beside these: the API for a user, and the timers. */
export const USER = 4;
export const TIMERS = 5;
export type Writer = Slot | typeof USER | typeof TIMERS;

/** The lease that an executor writes: one text for each slot, which no row keeps once the slot is empty. */
export function leaseIdOf(slot: Slot): string {
  return `lease of executor ${slot}`;
}
export const LEASE_OF_NOBODY = 'lease of an executor that is gone';

export type Send = FollowUp & { readonly kind: 'send' };

export interface TaskState {
  readonly row: TaskRow;
  /** What attempts have stored, oldest first. */
  readonly results: readonly AttemptResult[];
  /** What the stream's unread records ask for, oldest first. */
  readonly records: readonly Send[];
  /** The redo queue holds the task's id. */
  readonly redo: boolean;
  /** The API has still to send the express message. */
  readonly expressPending: boolean;
  /** A fault has struck the attempt that holds the row: death, stall, or an answer lost for good. */
  readonly struck: boolean;
  /** Attempts of this life that lost the row to a fault, or to a restart. */
  readonly crashed: number;
}

/** A write that was decided on a row as it was read, and arrives whenever it may. */
export interface LateWrite {
  readonly task: number;
  readonly by: typeof USER | typeof TIMERS;
  readonly told: string;
  readonly write: RowWrite;
  /** What is sent before it arrives; the timers of core send nothing. */
  readonly sends: readonly Send[];
}

export interface Message {
  readonly task: number;
  readonly generation: number;
  /** Ticks until a receive may return it. */
  readonly visibleIn: number;
  /** Counted only where the configuration has a dead-letter queue. */
  readonly receives: number;
  /** It is in the dead-letter queue. */
  readonly dead: boolean;
  /** Whose receipt handle is the newest. */
  readonly holder: Slot;
  /** Bit 2^slot: that executor lives and has an older receipt handle. */
  readonly oldHolders: number;
}

/** What was stored before an attempt claimed the row. */
export interface StoredBefore {
  readonly success: boolean;
  readonly uncountedError: boolean;
}

/** One task in one executor's batch. `row` is the row as the claim returned it; ages are ticks since the claim was sent. */
export type Part =
  | { readonly phase: 'received'; readonly generation: number }
  | {
      readonly phase: 'claim_unanswered';
      readonly generation: number;
      readonly claimAge: number;
      /** The row was claimable when the claim was sent, and nobody has changed since when it is. */
      readonly claimableThen: boolean;
    }
  | ({ readonly phase: 'looking' } & Claimed)
  | ({ readonly phase: 'starting' } & Claimed)
  /** `looked`: late, and found the row still its own; the heartbeat is on its way. */
  | ({ readonly phase: 'running'; readonly looked: boolean } & InHand)
  | ({ readonly phase: 'storing'; readonly outcome: AttemptOutcome } & InHand)
  | ({ readonly phase: 'finishing' | 'finish_unanswered'; readonly outcome: AttemptOutcome } & InHand)
  | { readonly phase: 'done'; readonly fate: Fate };

interface InHand {
  readonly row: TaskRow;
}

interface Claimed extends InHand {
  readonly claimAge: number;
  readonly before: StoredBefore;
  /** A user has restarted the task since. */
  readonly restarted: boolean;
}

/** An invocation of the executor: its part for each task, undefined for a task it has no message of. */
export type Executor = readonly (Part | undefined)[];

/** The dead-letter function at work on one message. */
export interface Burial {
  readonly task: number;
  readonly generation: number;
  readonly row: TaskRow;
  /** Undefined until they are read. */
  readonly results?: readonly AttemptResult[];
  /** Nobody has changed since when the row is claimable after it was read. */
  readonly claimableAsRead: boolean;
}

/** Faults that may still happen. */
export interface Budget {
  readonly deaths: number;
  readonly stalls: number;
  readonly duplicates: number;
  readonly lostAnswers: number;
  readonly failingRecords: number;
  /** Looks that find a circuit open. */
  readonly openCircuits: number;
  /** What users may still do. */
  readonly changes: number;
}
export type Fault = keyof Budget;

export interface State {
  readonly tasks: readonly TaskState[];
  readonly messages: readonly Message[];
  /** Slot 1 is at index 0. */
  readonly executors: readonly (Executor | undefined)[];
  readonly burial: Burial | undefined;
  readonly lateWrites: readonly LateWrite[];
  readonly budget: Budget;
}

/** Whether every part of an invocation has its fate. */
export function isDone(executor: Executor): boolean {
  return executor.every((part) => part === undefined || part.phase === 'done');
}

/** The task at an index. */
export function taskAt(state: State, task: number): TaskState {
  const found = state.tasks[task];
  if (found === undefined) throw new RangeError(`there is no task ${task}`);
  return found;
}

/** The state with one task changed. */
export function withTask(state: State, task: number, change: Partial<TaskState>): State {
  return { ...state, tasks: state.tasks.map((old, at) => (at === task ? { ...old, ...change } : old)) };
}

/** The state with one executor's part changed. */
export function withPart(state: State, slot: Slot, task: number, part: Part): State {
  const executors = state.executors.map((executor, at) =>
    at === slot - 1 ? executor?.map((old, index) => (index === task ? part : old)) : executor,
  );
  return { ...state, executors };
}

/** The state with one fault less to come. */
export function spend(state: State, fault: Fault): State {
  return { ...state, budget: { ...state.budget, [fault]: state.budget[fault] - 1 } };
}

/** The state with another message. */
export function withMessage(
  state: State,
  message: Pick<Message, 'task' | 'generation'> & Partial<Message>,
): State {
  const added = { visibleIn: 0, receives: 0, dead: false, holder: NOBODY, oldHolders: 0, ...message };
  return { ...state, messages: [...state.messages, added] };
}

/** Whole ticks of a delay; what is shorter than half a tick is over at once. */
export function ticksOf(seconds: number): number {
  return Math.round(seconds / TICK_SECONDS);
}

/** Ticks until a moment, 0 if it has passed. */
export function ticksUntil(atMs: number): number {
  return Math.max(0, Math.ceil((atMs - NOW_MS) / TICK_MS));
}
