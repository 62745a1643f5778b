import { TASK_STATUSES, type TaskStatus } from '../status.ts';
import { isExpired } from '../task-row.ts';
import { parseTimeIndexSort } from '../time-index.ts';

export type TaskCounts = Readonly<Record<TaskStatus, number>>;

/** What counting needs to know of a task. */
export interface TaskState {
  readonly status: TaskStatus;
  /** In seconds since 1970. */
  readonly expires_at?: number;
}

/** The states of tasks, by id. */
export type TaskStates = ReadonlyMap<string, TaskState>;

/**
 * Tasks of an agent that were counted once and need not be read again: those listed above `after` and up to
 * `through`. Completed and cancelled tasks stay so for ever; the others are named, and looked at each time.
 */
export interface CountedBlock {
  readonly after: string;
  readonly through: string;
  readonly completed: number;
  readonly cancelled: number;
  /** `listed_at` of those that had not ended, or had failed, which may be retried by hand. */
  readonly open: readonly string[];
  /** When it must be counted anew, in milliseconds since 1970: some of its tasks are then no longer kept. */
  readonly fresh_until: number;
}

/**
 * Tasks younger than this are counted each time. A task is listed by the time of its acceptance, but shows up in
 * the index later: at most the 30 s of a request, what clocks differ and what the index lags behind.
 */
const YOUNG_MS = 5 * 60_000;

/** Tasks of a block. The least keeps their number low where somebody looks all the time. */
export const MAX_BLOCK = 1000;
export const MIN_BLOCK = 100;
/** Tasks of a block that may still change: with 55 bytes each, 6 KB. */
const MAX_OPEN = 100;

/** A counted task that is no longer kept may be counted so much longer. */
const EXPIRY_SLACK_MS = 3_600_000;
/** Blocks are counted anew after a week: those that are never read again may go. */
const MAX_BLOCK_AGE_MS = 7 * 86_400_000;

export const NO_TASKS: TaskCounts = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<
  TaskStatus,
  number
>;

/** Two counts together. */
export function addCounts(a: TaskCounts, b: Partial<TaskCounts>): TaskCounts {
  return Object.fromEntries(TASK_STATUSES.map((status) => [status, a[status] + (b[status] ?? 0)])) as Record<
    TaskStatus,
    number
  >;
}

/** The tasks of index entries by state, leaving out those that are gone or whose retention is over. */
export function countTasks(entries: readonly string[], states: TaskStates, nowMs: number): TaskCounts {
  const counts = { ...NO_TASKS };
  for (const { state } of present(entries, states)) if (!isExpired(state, nowMs)) counts[state.status] += 1;
  return counts;
}

/** The entries that are old enough to be counted once and for all; `entries` are oldest first. */
export function settledPart(entries: readonly string[], nowMs: number): readonly string[] {
  const end = entries.findIndex((entry) => parseTimeIndexSort(entry).atMs >= nowMs - YOUNG_MS);
  return end === -1 ? entries : entries.slice(0, end);
}

/** The block of counted entries; undefined where too much of it may still change. */
export function blockOf(
  range: Pick<CountedBlock, 'after' | 'through'>,
  entries: readonly string[],
  states: TaskStates,
  nowMs: number,
): CountedBlock | undefined {
  const empty = { ...range, completed: 0, cancelled: 0, open: [], fresh_until: nowMs + MAX_BLOCK_AGE_MS };
  const block = withEntries(empty, entries, states, nowMs);
  return block.open.length > MAX_OPEN ? undefined : block;
}

/** The block after another look at its open tasks, if at least half of them have settled since. */
export function settledBlock(
  block: CountedBlock,
  states: TaskStates,
  nowMs: number,
): CountedBlock | undefined {
  const next = withEntries({ ...block, open: [] }, block.open, states, nowMs);
  return next.open.length * 2 <= block.open.length && block.open.length > 0 ? next : undefined;
}

/** The share of completed ones among the tasks that completed or failed; null where none did. */
export function successRate({ completed, failed }: TaskCounts): number | null {
  return completed + failed === 0 ? null : completed / (completed + failed);
}

function withEntries(
  block: CountedBlock,
  entries: readonly string[],
  states: TaskStates,
  nowMs: number,
): CountedBlock {
  let { completed, cancelled, fresh_until } = block;
  const open = [...block.open];
  for (const { entry, state } of present(entries, states)) {
    const isFinal = state.status === 'completed' || state.status === 'cancelled';
    // Also a failed task whose retention is over: while its row is there, it may have been retried.
    if (!isFinal) open.push(entry);
    if (!isFinal || isExpired(state, nowMs)) continue;
    if (state.status === 'completed') completed += 1;
    else cancelled += 1;
    if (state.expires_at !== undefined)
      fresh_until = Math.min(fresh_until, state.expires_at * 1000 + EXPIRY_SLACK_MS);
  }
  return { ...block, completed, cancelled, open, fresh_until };
}

/** The entries whose tasks are there. */
function present(entries: readonly string[], states: TaskStates) {
  return entries.flatMap((entry) => {
    const state = states.get(parseTimeIndexSort(entry).taskId);
    return state === undefined ? [] : [{ entry, state }];
  });
}
