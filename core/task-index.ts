import type { Lane } from './lane.ts';
import type { TaskRow } from './task-row.ts';

/** An hour that holds tasks, and the largest number of shards its time index was written with. */
export interface ListedHour {
  readonly hour: string;
  readonly shards: number;
}

/** Keeps which hours hold tasks, so that a list reads only these. */
export interface HourDirectory {
  /** Must have resolved before the first row of the hour is put. Throws when the hour could not be noted. */
  announce(hour: string, shards: number): Promise<void>;
}

/** One partition of an index of tasks, read in part: `atLeast <= listed_at < below`, newest first. */
export interface StripeQuery {
  readonly partition:
    | { readonly index: 'time'; readonly hour: string; readonly shard: number }
    | { readonly index: 'agent'; readonly agentId: string }
    | { readonly index: 'failed'; readonly lane: Lane }
    | { readonly index: 'label'; readonly name: string; readonly shard: number };
  readonly below: string;
  readonly atLeast: string;
  readonly limit: number;
}

/** What lists are read from. Index entries may be a moment behind the rows. */
export interface TaskIndex {
  /** Hours from `newest` down to `oldest`, both included, at most `limit`. */
  hours(query: { newest: string; oldest: string; limit: number }): Promise<readonly ListedHour[]>;
  /** `listed_at` of the entries, newest first; fewer than `limit` only where there are no more. */
  stripe(query: StripeQuery): Promise<readonly string[]>;
  /** The rows that are there, by task_id. */
  rows(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>>;
}

/** Removes rows whose retention is over and that the table has not yet deleted by itself. */
export interface ExpiredRows {
  /** Removes the row if it still is the one that was read. */
  remove(row: TaskRow): Promise<void>;
}
