/**
 * Where to look for tasks that may go on: at the dependents of a task that has ended or started, or at a task that
 * is left waiting for nothing. It says nothing of an outcome: that may be another by the time it is read.
 */
export interface ReleaseMessage {
  readonly task_id: string;
  readonly of: 'end' | 'start' | 'empty';
  /** The page of dependents that it goes on with. @default the first */
  readonly after?: string;
}

/** The queue of the release function. */
export interface ReleaseSender {
  /** Sends messages; false at each place whose sending is not confirmed. */
  send(messages: readonly ReleaseMessage[]): Promise<readonly boolean[]>;
}
