import type { BatchSizes } from '../path/walk-path.ts';

/** A way in which tasks come, and the batches that follow from it. */
export interface SubmissionMode {
  readonly name: 'batched' | 'single' | 'trickled';
  readonly tasksPerSecond: number;
  readonly sizes: BatchSizes;
  /** Why the batches are so large. */
  readonly why: string;
  /** USD per million tasks that it may cost. */
  readonly targetUsd?: number;
}

/** Shards of the stream of a new on-demand table: one a partition, and it begins with four. */
const SHARDS = 4;

/** Reads of each shard a second by Lambda. */
const POLLS_A_SECOND = 4;

/** Records that the dispatcher finds when tasks come evenly: at least one. */
const recordsAtOnce = (tasksPerSecond: number): number =>
  Math.max(1, Math.round(tasksPerSecond / (SHARDS * POLLS_A_SECOND)));

export const SUBMISSION_MODES: readonly SubmissionMode[] = [
  {
    name: 'batched',
    tasksPerSecond: 100,
    sizes: { api: 100, dispatcher: 100 / SHARDS, executor: 10 },
    why: 'calls of 100 tasks; their rows lie in 4 shards, the dispatcher gets 25 at once, the executor 10',
    targetUsd: 4,
  },
  {
    name: 'single',
    tasksPerSecond: 100,
    sizes: { api: 1, dispatcher: recordsAtOnce(100), executor: 3 },
    why: 'one task a call, 100 a second; 4 shards read 4 times a second give 6 at once, five pollers share them in threes',
    targetUsd: 6,
  },
  {
    name: 'trickled',
    tasksPerSecond: 1,
    sizes: { api: 1, dispatcher: 1, executor: 1 },
    why: 'one task a second: nothing is ever batched, and most receives find nothing',
  },
];
