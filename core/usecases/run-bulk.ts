import {
  BULK_BATCH,
  type BulkKind,
  type BulkReport,
  type BulkState,
  bulkBegin,
  isChanged,
  type Refusal,
  reportOf,
  withBatch,
  withOutcome,
} from '../bulk.ts';
import type { EdgeStore } from '../dependencies/edge.ts';
import { DomainError } from '../errors.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { TaskStatus } from '../status.ts';
import { isListed, rangeOf, type TaskFilter } from '../task-filter.ts';
import type { TaskRow } from '../task-row.ts';
import { type ChangeDeps, cancelTask, type RetryDeps, retryTask } from './change-task.ts';
import { countTasks } from './count-tasks.ts';
import { gatherWrites } from './gather-writes.ts';
import type { StepDeps } from './step-index.ts';
import { walkTasks } from './walk-tasks.ts';

export interface BulkDeps extends StepDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  readonly edges: Pick<EdgeStore, 'put' | 'remove'>;
  readonly clock: Clock;
  readonly retentionSeconds: number;
}

export interface BulkCommand {
  readonly kind: BulkKind;
  /** Bounded by the time of the submission, so that nothing is changed that came later. */
  readonly filter: TaskFilter;
  readonly submittedAtMs: number;
}

/** One attempt's share of a bulk task. */
export interface BulkSlice {
  /** What an attempt before has saved last. */
  readonly saved: BulkState | undefined;
  /** Throws when it is not stored for certain, or no longer allowed. */
  readonly save: (state: BulkState) => Promise<void>;
  readonly onProgress: (state: BulkState) => void;
  /** Milliseconds after which it gives way. */
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** Looks between two batches where hardly a row meets the filter. */
const MAX_LOOKS = 1000;

const CHANGES = { cancel: cancelTask, retry: retryTask } as const satisfies Record<BulkKind, unknown>;

/**
 * Changes the tasks that meet a filter, batch by batch, newest first; undefined when its time was over before the
 * end, and all that is left is for another attempt. Each batch is saved before it is changed: whoever goes on after
 * a crash finishes that very batch and then what lies below it, so every task is looked at once, and told of once.
 */
export async function runBulk(
  deps: BulkDeps,
  command: BulkCommand,
  slice: BulkSlice,
): Promise<BulkReport | undefined> {
  const endMs = deps.clock.monotonicMs() + slice.ms;
  let state = slice.saved ?? (await begin(deps, command, slice.ms / 2));
  const settle = (refusals: readonly Refusal[]) => {
    state = withOutcome(state, refusals);
    slice.onProgress(state);
  };
  slice.signal.throwIfAborted();
  if (state.open.length > 0) settle(await changeAgain(deps, command, state.open));

  for await (const { rows, after } of batchesOf(deps, command.filter, state.below)) {
    slice.signal.throwIfAborted();
    const ids = rows.map(({ task_id }) => task_id);
    state = withBatch(state, ids, after);
    if (ids.length > 0) {
      await slice.save(state);
      settle(await changeAll(deps, command.kind, rows));
    }
    if (state.below !== null && deps.clock.monotonicMs() >= endMs) {
      await slice.save(state);
      return undefined;
    }
  }
  return reportOf(state);
}

async function begin(deps: BulkDeps, { filter }: BulkCommand, ms: number): Promise<BulkState> {
  const { matched, complete } = await countTasks(deps, filter, ms);
  return bulkBegin(rangeOf(filter).below, complete ? matched : null);
}

interface Batch {
  readonly rows: readonly TaskRow[];
  /** Everything below it comes after the batch; null at the end. */
  readonly after: string | null;
}

async function* batchesOf(deps: BulkDeps, filter: TaskFilter, below: string | null): AsyncGenerator<Batch> {
  if (below === null) return;
  let rows: TaskRow[] = [];
  let looks = 0;
  for await (const { row, after } of walkTasks(deps, filter, { ...rangeOf(filter), below }, BULK_BATCH)) {
    looks += 1;
    if (row !== undefined && isListed(row, filter, deps.clock.nowMs())) rows.push(row);
    if (after !== null && rows.length < BULK_BATCH && looks < MAX_LOOKS) continue;
    yield { rows, after };
    rows = [];
    looks = 0;
  }
}

/** Finishes a batch that an attempt before has begun. */
async function changeAgain(
  deps: BulkDeps,
  { kind, submittedAtMs }: BulkCommand,
  open: readonly string[],
): Promise<readonly Refusal[]> {
  const found = await deps.tasks.readAll(open);
  const rows = open.flatMap((taskId) => found.get(taskId) ?? []);
  const gone = open.filter((taskId) => !found.has(taskId)).map(goneRefusal);
  const left = rows.filter((row) => !isChanged(kind, row, submittedAtMs));
  return [...gone, ...(await changeAll(deps, kind, left))];
}

/** The tasks of a batch that could not be changed. Throws, once all are through, where it is not certain. */
async function changeAll(
  deps: BulkDeps,
  kind: BulkKind,
  rows: readonly TaskRow[],
): Promise<readonly Refusal[]> {
  const write = gatherWrites((writes) => deps.tasks.write(writes), deps.clock);
  const readAll = (taskIds: readonly string[]) => deps.tasks.readAll(taskIds);
  const changes = await Promise.allSettled(
    rows.map((row) => changeOne({ ...deps, tasks: { write, readAll, read: looksAt(deps, row) } }, kind, row)),
  );
  return changes.flatMap((change) => {
    if (change.status === 'rejected') throw change.reason;
    return change.value ?? [];
  });
}

/** The walk has read the row already; should it have changed since, the write is refused, and it is read anew. */
function looksAt({ tasks }: BulkDeps, row: TaskRow): ChangeDeps['tasks']['read'] {
  let first: TaskRow | undefined = row;
  return async (taskId) => {
    const known = first;
    first = undefined;
    return known ?? (await tasks.readAll([taskId])).get(taskId);
  };
}

async function changeOne(
  deps: RetryDeps,
  kind: BulkKind,
  { task_id }: TaskRow,
): Promise<Refusal | undefined> {
  try {
    await CHANGES[kind](deps, task_id);
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'task_not_found') return goneRefusal(task_id);
    if (error.code !== 'invalid_state_transition') throw error;
    return { task_id, status: error.members.task_status as TaskStatus, reason: error.message };
  }
}

function goneRefusal(taskId: string): Refusal {
  return { task_id: taskId, status: null, reason: `task ${taskId} is gone: its retention was over` };
}
