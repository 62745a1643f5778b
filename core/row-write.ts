import { encodeTransition, extendHistory } from './history.ts';
import { sourcesOf, type TaskStatus } from './status.ts';
import type { TaskRow } from './task-row.ts';

/** What a conditional write demands of the row as it finds it. */
export type Expectation =
  | {
      readonly attribute: 'generation' | 'attempt' | 'version' | 'timer_at' | 'claimable_at';
      readonly equals: number;
    }
  | { readonly attribute: 'claimable_at'; readonly atMost: number }
  | { readonly attribute: 'status'; readonly oneOf: readonly TaskStatus[] }
  | { readonly attribute: 'cancel_requested' | 'waiting_on'; readonly absent: true }
  | { readonly attribute: 'waiting_on'; readonly contains: string }
  /** The very same members, in any order. */
  | { readonly attribute: 'waiting_on'; readonly exactly: readonly string[] };

type Counter = 'version' | 'attempt' | 'generation' | 'failures' | 'released';
export type Settable = Partial<Omit<TaskRow, 'task_id' | Counter | 'history'>>;
/** Attributes that a row may do without. */
export type Removable = {
  [Name in keyof TaskRow]-?: undefined extends TaskRow[Name] ? Name : never;
}[keyof TaskRow];

/**
 * One conditional change of one row, as data. The DynamoDB adapter renders it as a statement, the in-memory
 * store and the protocol explorer apply it by `applyRowWrite`: one meaning, whoever runs it.
 */
export interface RowWrite {
  readonly taskId: string;
  readonly expect: readonly Expectation[];
  readonly set: Settable;
  readonly increment: readonly Counter[];
  /** Taken away; absent ones stay so. @default none */
  readonly remove?: readonly Removable[];
  /**
   * Members taken out of `waiting_on`, whoever takes others at the same time; without a member the attribute is
   * absent. @default none
   */
  readonly take?: readonly string[];
  /** Appended to the history as the row has it. */
  readonly appendHistory?: string;
  /** Replaces the history; only for a writer who holds the row as it is (under its own attempt). */
  readonly history?: readonly string[];
  /** Whether the writer needs the row as it is afterwards. */
  readonly returnRow: boolean;
}

/** What came of a write. `unconfirmed`: neither applied nor refused for certain; the message must come again. */
export type WriteOutcome =
  | { readonly kind: 'applied'; readonly row?: TaskRow }
  | { readonly kind: 'refused'; readonly row: TaskRow | undefined }
  | { readonly kind: 'unconfirmed'; readonly reason: string };

export interface TransitionOptions {
  readonly to: TaskStatus;
  readonly atMs: number;
  readonly cause: string;
  readonly expect: readonly Expectation[];
  readonly set?: Settable;
  readonly increment?: readonly Counter[];
  readonly remove?: readonly Removable[];
  /** The row as its writer knows it; absent for a claim, which is blind. @default append to what is there */
  readonly known?: TaskRow;
  readonly returnRow?: boolean;
}

/** The write that takes a task to another state: legal by the table, counted in `version`, told in the history. */
export function transition(taskId: string, options: TransitionOptions): RowWrite {
  const entry = encodeTransition(options.atMs, options.to, options.cause);
  return {
    taskId,
    expect: [...options.expect, { attribute: 'status', oneOf: sourcesOf(options.to) }],
    set: { status: options.to, ...options.set },
    increment: ['version', ...(options.increment ?? [])],
    ...(options.remove === undefined || options.remove.length === 0 ? {} : { remove: options.remove }),
    ...(options.known === undefined
      ? { appendHistory: entry }
      : { history: extendHistory(options.known.history, entry) }),
    returnRow: options.returnRow ?? false,
  };
}

/** Whether the row meets every expectation of a write. */
export function meetsExpectations(row: TaskRow, expect: readonly Expectation[]): boolean {
  return expect.every((expectation) => meets(row, expectation));
}

function meets(row: TaskRow, expectation: Expectation): boolean {
  if ('equals' in expectation) return row[expectation.attribute] === expectation.equals;
  if ('absent' in expectation) return row[expectation.attribute] === undefined;
  if ('contains' in expectation) return row.waiting_on?.includes(expectation.contains) ?? false;
  if ('exactly' in expectation) return isSameSet(row.waiting_on, expectation.exactly);
  switch (expectation.attribute) {
    case 'claimable_at':
      return row.claimable_at <= expectation.atMost;
    case 'status':
      return expectation.oneOf.includes(row.status);
  }
}

function isSameSet(present: readonly string[] | undefined, expected: readonly string[]): boolean {
  return present?.length === expected.length && expected.every((member) => present.includes(member));
}

/** Applies a write to a row in memory, as the table would. */
export function applyRowWrite(row: TaskRow | undefined, write: RowWrite): WriteOutcome {
  if (row === undefined || !meetsExpectations(row, write.expect)) return { kind: 'refused', row };
  const counted = Object.fromEntries(write.increment.map((name) => [name, row[name] + 1]));
  const appended = write.appendHistory === undefined ? row.history : [...row.history, write.appendHistory];
  const { remove = [], set } = write;
  const kept = Object.fromEntries(
    Object.entries(membersTaken(row, write)).filter(([name]) => !remove.includes(name as Removable)),
  );
  return {
    kind: 'applied',
    row: { ...(kept as unknown as TaskRow), ...set, ...counted, history: write.history ?? appended },
  };
}

function membersTaken(row: TaskRow, { take = [] }: RowWrite): TaskRow {
  const { waiting_on, ...rest } = row;
  if (waiting_on === undefined || take.length === 0) return row;
  const left = waiting_on.filter((member) => !take.includes(member));
  return left.length === 0 ? rest : { ...rest, waiting_on: left };
}

/** A set as rows hold it in memory: each member once, sorted, so that equal sets look alike. */
export function memberSet(members: readonly string[]): readonly string[] {
  return [...new Set(members)].sort();
}
