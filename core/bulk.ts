import { decodeHistory } from './history.ts';
import type { TaskStatus } from './status.ts';
import type { TaskRow } from './task-row.ts';

/** What can be done to many tasks at once. */
export type BulkKind = 'cancel' | 'retry';

/** The type of the task that does it; callers cannot submit one themselves. */
export function bulkType(kind: BulkKind): string {
  return `bulk_${kind}`;
}

/** Types of tasks that only the platform submits. */
export const RESERVED_TYPES: readonly string[] = [bulkType('cancel'), bulkType('retry')];

/** Seconds of one attempt at a bulk task: the longest that there are. */
export const BULK_TIMEOUT_SECONDS = 60;

/** Milliseconds after which an attempt gives way to the next one: its slot may be one of two in its lane. */
export const BULK_SLICE_MS = 20_000;

/** Tasks that are changed at once, between two saves of the state. */
export const BULK_BATCH = 100;

/** A task that the filter has matched and its state has not let be changed; null: it was gone by then. */
export interface Refusal {
  readonly task_id: string;
  readonly status: TaskStatus | null;
  readonly reason: string;
}

/** What a bulk task has done: its output. */
export interface BulkReport {
  readonly matched: number;
  readonly changed: number;
  readonly refused_count: number;
  /** The first of them. */
  readonly refused: readonly Refusal[];
}

/** How far a bulk task is, as it is saved before each batch of changes. */
export interface BulkState extends BulkReport {
  /** Tasks that met the filter when it began, where they could be counted in time. */
  readonly total: number | null;
  /** Everything in the index below it is still to come; null at the end. */
  readonly below: string | null;
  /** The batch that is being changed: matched, not told of in the other counts yet. */
  readonly open: readonly string[];
}

/** Refusals that are told of one by one: with their reasons some 20 KB. */
export const MAX_REFUSALS = 100;

/** A bulk task before its first batch. */
export function bulkBegin(below: string, total: number | null): BulkState {
  return { total, below, open: [], matched: 0, changed: 0, refused_count: 0, refused: [] };
}

/** The state with the next batch to be changed; everything below `below` comes after it. */
export function withBatch(state: BulkState, open: readonly string[], below: string | null): BulkState {
  return { ...state, below, open, matched: state.matched + open.length };
}

/** The state once its batch is done: all of it was changed but for the refusals. */
export function withOutcome(state: BulkState, refusals: readonly Refusal[]): BulkState {
  return {
    ...state,
    open: [],
    changed: state.changed + state.open.length - refusals.length,
    refused_count: state.refused_count + refusals.length,
    refused: [...state.refused, ...refusals].slice(0, MAX_REFUSALS),
  };
}

/** The output of a bulk task. */
export function reportOf({ matched, changed, refused_count, refused }: BulkState): BulkReport {
  return { matched, changed, refused_count, refused };
}

/** How far a bulk task is, for who looks at it: 100 only once it has completed. */
export function bulkProgress(state: BulkState): { readonly percent: number; readonly message: string } {
  const done = state.changed + state.refused_count;
  const percent =
    state.total === null ? 0 : Math.min(99, Math.floor((100 * done) / Math.max(state.total, 1)));
  const of = state.total === null ? '' : ` of ${state.total}`;
  return { percent, message: `${done}${of} done: ${state.changed} changed, ${state.refused_count} refused` };
}

/**
 * Whether a task of an interrupted batch was changed already, by the attempt that was interrupted (or by somebody
 * else, which comes to the same): it was cancelled, or left the state `failed`, since the bulk task was submitted.
 */
export function isChanged(kind: BulkKind, row: TaskRow, sinceMs: number): boolean {
  const since = decodeHistory(row.history).filter(({ at }) => at >= sinceMs);
  return kind === 'cancel'
    ? row.status === 'cancelled' && since.length > 0
    : since.some(({ from, to }) => from === 'failed' && to !== 'cancelled');
}
