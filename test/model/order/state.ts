import { NEVER, type TaskRow } from '../../../core/task-row.ts';
import type { OrderBudget, UserChange } from './configurations.ts';

/**
 * The present, which stands still: leases, back-offs, visibilities, the window of deduplication and the nets end at
 * any moment. What is to come is later than it, by how much makes no difference.
 */
export const NOW_MS = Date.UTC(2026, 10, 21);
export const LEASE_MS = 80_000;

/** A task of the world; T1 is at 0. */
export type TaskIndex = number;

/** Who holds a message or a lease: an executor from 1, or nobody. */
export type Slot = number;
export const NOBODY: Slot = 0;

export interface OrderTask {
  /** Undefined until it is submitted. */
  readonly row: TaskRow | undefined;
  /** Its submission was answered: whoever submits then comes behind it. */
  readonly isAnswered: boolean;
  /** It was accepted behind T1. */
  readonly isBehind: boolean;
  /** It has ended, or left its place, since it was accepted. */
  readonly hasLeftPlace: boolean;
  /** What the stream's unread records ask the dispatcher to send. */
  readonly records: readonly Send[];
}

export interface Send {
  readonly generation: number;
  readonly queue: string;
  readonly wakes: boolean;
}

export interface Message {
  readonly task: TaskIndex;
  readonly generation: number;
  readonly queue: string;
  /** Of one group only the first is handed out, none while any of it is in flight; empty in a standard queue. */
  readonly group: string;
  readonly wakes: boolean;
  readonly isVisible: boolean;
  /** Whose receipt handle is valid. */
  readonly holder: Slot;
  readonly receives: number;
}

/** A submission that the API is at work on. */
export interface Submission {
  readonly tasks: readonly TaskIndex[];
  /** How many of them are sent. */
  readonly sent: number;
}

export interface Work {
  readonly task: TaskIndex;
  readonly generation: number;
}

/** An invocation of the executor, with messages of one group. */
export interface Executor {
  readonly batch: readonly Work[];
  /** The one it is at; those before are done. */
  readonly at: number;
  /** `over`: it only has to return. */
  readonly phase: 'claiming' | 'running' | 'over';
  /** The claimed row, while it is running. */
  readonly row?: TaskRow;
}

export interface OrderState {
  readonly tasks: readonly OrderTask[];
  /** Tasks that are not submitted yet, in their order. */
  readonly unsubmitted: readonly TaskIndex[];
  readonly submissions: readonly Submission[];
  /** All queues' messages, in the order of their sending. */
  readonly messages: readonly Message[];
  readonly deadLetters: readonly Work[];
  /** What SQS would not take a second time now: `<task>:<generation>`. */
  readonly recent: readonly string[];
  readonly executors: readonly (Executor | undefined)[];
  readonly budget: OrderBudget;
  /** What users may still do to T1. */
  readonly changes: readonly UserChange[];
}

/** The task at an index. */
export function taskAt(state: OrderState, index: TaskIndex): OrderTask {
  const task = state.tasks[index];
  if (task === undefined) throw new RangeError(`there is no task ${index}`);
  return task;
}

export function withTask(state: OrderState, index: TaskIndex, change: Partial<OrderTask>): OrderState {
  return { ...state, tasks: state.tasks.map((task, at) => (at === index ? { ...task, ...change } : task)) };
}

export function withExecutor(state: OrderState, slot: Slot, executor: Executor | undefined): OrderState {
  return { ...state, executors: state.executors.map((old, at) => (at === slot - 1 ? executor : old)) };
}

/** The state with one fault less to come. */
export function spend(state: OrderState, fault: keyof OrderBudget): OrderState {
  return { ...state, budget: { ...state.budget, [fault]: state.budget[fault] - 1 } };
}

export function isLater(row: TaskRow): boolean {
  return row.claimable_at > NOW_MS && row.claimable_at !== NEVER;
}

/** Whether an attempt has the row on a lease that lives. */
export function isLeased(row: TaskRow): boolean {
  return row.status === 'processing' && isLater(row);
}

export const nameOf = (task: TaskIndex): string => `T${task + 1}`;
