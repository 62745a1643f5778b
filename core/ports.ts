import type { AttemptResult } from './attempt-result.ts';
import type { LaneMessage } from './claim.ts';
import type { Lane } from './lane.ts';
import type { QueueName } from './queue-name.ts';
import type { RowWrite, WriteOutcome } from './row-write.ts';
import type { TaskRow } from './task-row.ts';

/** Time, as an argument. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds of a clock that nobody sets. */
  monotonicMs(): number;
  /** Resolves after so many milliseconds. */
  wait(ms: number): Promise<void>;
}

/** What came of putting a new row. `exists`: a row with the id was there before; it is shown. */
export type InsertOutcome =
  | { readonly kind: 'inserted' }
  | { readonly kind: 'exists'; readonly row: TaskRow }
  | { readonly kind: 'unconfirmed'; readonly reason: string };

/** The tasks table. Every answer stands at its question's place. */
export interface TaskStore {
  /** Puts rows whose ids are not there yet. */
  insert(rows: readonly TaskRow[]): Promise<readonly InsertOutcome[]>;
  /** Runs conditional writes; at most one for any row. */
  write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]>;
  /** Reads one row, consistently. */
  read(taskId: string): Promise<TaskRow | undefined>;
  /** Reads rows, consistently; an absent one is left out. Throws if they cannot be read. */
  readAll(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>>;
}

/** The results table: what attempts left, and payloads that are too large for the row. */
export interface ResultStore {
  /** Puts results; false at each place whose put is not confirmed. */
  put(results: readonly AttemptResult[]): Promise<readonly boolean[]>;
  /** Puts the result of an attempt that has none yet; answers the one that stands. Throws if it is not certain. */
  putFirst(result: AttemptResult): Promise<AttemptResult>;
  /** The results of all attempts of a task that have not expired, consistently, oldest first. */
  ofTask(taskId: string): Promise<readonly AttemptResult[]>;
  /** The result of one attempt, consistently. */
  ofAttempt(taskId: string, attempt: number): Promise<AttemptResult | undefined>;
  /** The results of single attempts that have not expired, consistently, in any order. Throws if they cannot be read. */
  attempts(pointers: readonly AttemptPointer[]): Promise<readonly AttemptResult[]>;
  /** Puts payloads, as JSON text; false at each place whose put is not confirmed. */
  putPayloads(payloads: readonly StoredPayload[]): Promise<readonly boolean[]>;
  /** Payloads by the ids they were put under, consistently; one that is not there is absent. Throws if they cannot be read. */
  payloadsOf(taskIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Lets a payload expire with its task. */
  expirePayload(taskId: string, expiresAtSeconds: number): Promise<void>;
}

/** Names an attempt; no two of one question alike. */
export type AttemptPointer = Pick<AttemptResult, 'task_id' | 'attempt'>;

export interface StoredPayload {
  /** What `payloadIdOf` says: the task's id, unless an idempotency key asks for more. */
  readonly taskId: string;
  readonly text: string;
  readonly expiresAtSeconds: number;
}

/** A message to be put on a lane. */
export interface OutgoingMessage extends LaneMessage {
  /** Whose order of sending it keeps. */
  readonly lane: Lane;
  /** Where it goes. */
  readonly queue: QueueName;
  /** Whose it is: in the ordered queue the group whose order it keeps, else the group whose share it takes. */
  readonly group: string;
  /** Always 0 in the ordered queue. */
  readonly delaySeconds: number;
  /** It does not claim its task, but gives it its place in the ordered queue. */
  readonly wake?: true;
}

export interface LaneSender {
  /**
   * Sends messages, the most urgent lane first; false at each place whose sending is not confirmed. Those of the
   * ordered queue go in the order given, each group for itself: behind one that is not confirmed none of its group is
   * sent.
   */
  send(messages: readonly OutgoingMessage[]): Promise<readonly boolean[]>;
}

/** Tasks whose follow-ups keep failing, to be looked at again; and what is left of tasks that are gone. */
export interface RedoSender {
  /** Throws when a task could not be sent. */
  send(taskIds: readonly string[]): Promise<void>;
  /** Has the objects of rows that are gone removed; each text is what `objectsOf` says. Throws when one was not sent. */
  sendRemovals(prefixes: readonly string[]): Promise<void>;
}

/** A lane message in its receiver's hands. */
export interface ReceivedMessage extends LaneMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** How often the queue has handed it out, this time included. */
  readonly receives: number;
  /** The message group that it was sent with. */
  readonly group?: string;
  readonly wake?: true;
}

/** Puts received messages back into the queue they came from. */
export interface MessageHolder {
  /** Makes each message visible again after so many seconds; a refusal only means that it comes back sooner or later. */
  putBack(
    messages: readonly { readonly receiptHandle: string; readonly delaySeconds: number }[],
  ): Promise<void>;
}

/** Deletes received messages before their batch has ended. */
export interface MessageRemover {
  /** A refusal is left: the batch's own end deletes them too. */
  remove(messages: readonly { readonly receiptHandle: string }[]): Promise<void>;
}
