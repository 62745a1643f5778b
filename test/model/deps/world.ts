import { type AcceptedDependency, acceptTask } from '../../../core/accept-task.ts';
import { claimWrite } from '../../../core/claim.ts';
import type { NamedDependency } from '../../../core/dependencies/condition.ts';
import { dependenciesOf, encodeDependency, withIndexes } from '../../../core/dependencies/dependency.ts';
import { edgeOf } from '../../../core/dependencies/edge.ts';
import { memberOf } from '../../../core/dependencies/members.ts';
import { applyRowWrite, memberSet, type RowWrite, type WriteOutcome } from '../../../core/row-write.ts';
import { isEnded } from '../../../core/status.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { Configuration, Named, Start } from './configure.ts';
import { type Breach, breachesOfWrite, endedMark, failedMark } from './properties.ts';
import type { Rules } from './rules.ts';
import { type Effect, NOW_MS, rowOf, type State, type TaskState, taskOf, withTask } from './state.ts';

/** What is explored, by whose decisions. */
export interface World {
  readonly configuration: Configuration;
  readonly rules: Rules;
}

/** A step that may happen, told to the search. `fault`: nothing may count on it. */
export type Emit = (
  label: string,
  next: State,
  options?: { readonly fault?: boolean; readonly breaches?: readonly Breach[] },
) => void;

export const TERMS = { nowMs: NOW_MS, retentionSeconds: 86_400 } as const;
export const LEASE = { nowMs: NOW_MS, leaseMs: 80_000, leaseId: 'lease' } as const;

/** A dependency by the name that configurations give it. */
export function named(one: Named): NamedDependency {
  return typeof one === 'string'
    ? { task_id: one, condition: 'success' }
    : { task_id: one[0], condition: one[1] };
}

/** The row that is put for a submission. */
export function newRow(id: string, dependencies: readonly AcceptedDependency[]): TaskRow {
  const terms = { taskId: id, tenant: 'tenant', nowMs: NOW_MS, shard: 0, dependencies };
  return acceptTask({ type: 'echo', payload: null }, terms).row;
}

export interface Written {
  readonly state: State;
  readonly outcome: WriteOutcome;
  readonly breaches: readonly Breach[];
}

/** Runs a conditional write as the table does: the row, the stream's record of it, and what it has broken. */
export function writeRow(world: World, state: State, write: RowWrite): Written {
  const before = taskOf(state, write.taskId);
  const outcome = applyRowWrite(before.row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) return { state, outcome, breaches: [] };
  const breaches = breachesOfWrite(state, write.taskId, before, outcome.row);
  const row = trimmed(outcome.row);
  return { state: putRow(world, state, write.taskId, row), outcome: { kind: 'applied', row }, breaches };
}

/** The state with a row as it is now; what follows from it goes into the stream. */
export function putRow({ rules }: World, state: State, id: string, row: TaskRow): State {
  const before = taskOf(state, id);
  const effects = rules.followUpsOf(row, before.row).flatMap((followUp): readonly Effect[] => {
    if (followUp.kind === 'send') return [{ kind: 'send', generation: followUp.generation }];
    if (followUp.kind === 'fall_back') return [{ kind: 'fallback', index: followUp.start.edge.index }];
    if (followUp.kind !== 'release') return [];
    const told = rules.order.outcome === 'of the message' ? { told: row } : {};
    return [{ kind: 'release', of: followUp.of, ...told }];
  });
  const records = effects.length === 0 ? before.records : [...before.records, effects];
  const isClaim = row.status === 'processing' && before.row?.status === 'queued';
  const isRetried = before.row?.status === 'failed' && !isEnded(row.status);
  const next = withTask(state, id, {
    row,
    records,
    runs: isRetried ? 0 : before.runs + Number(isClaim),
    marks: row.status === 'waiting' ? marksOf(state, before, row) : [],
  });
  const hasEnded = isEnded(row.status) && row.status !== before.row?.status;
  return hasEnded ? noteEnd(next, id, row) : next;
}

/**
 * What was so when a task began to wait, or was given more to wait for, counts as having happened meanwhile; so
 * does what a process has read just before, which has noted it.
 */
function marksOf(state: State, before: TaskState, row: TaskRow): readonly string[] {
  const isSame = String(before.row?.dependencies) === String(row.dependencies);
  if (before.row?.status === 'waiting' && isSame) return before.marks;
  const now = dependenciesOf(row).flatMap(({ index, task_id }) =>
    marksOfEnd(index, rowOf(state, task_id)?.status),
  );
  return [...new Set([...before.marks, ...now])].sort();
}

function marksOfEnd(index: number, status: TaskRow['status'] | undefined): readonly string[] {
  if (status === undefined || !isEnded(status)) return [];
  return status === 'completed' ? [endedMark(index)] : [endedMark(index), failedMark(index)];
}

function noteEnd(state: State, id: string, row: TaskRow): State {
  return Object.entries(state.tasks).reduce((noted, [other, task]) => {
    if (task.row?.status !== 'waiting') return noted;
    const fresh = dependenciesOf(task.row)
      .filter(({ task_id }) => task_id === id)
      .flatMap(({ index }) => marksOfEnd(index, row.status));
    if (fresh.length === 0) return noted;
    return withTask(noted, other, { marks: [...new Set([...task.marks, ...fresh])].sort() });
  }, state);
}

/** What no decision reads is left out, so that rows that decide alike are alike. */
export function trimmed(row: TaskRow): TaskRow {
  const { error: _error, expires_at: _expires, failed_in: _failedIn, life: _life, ...kept } = row;
  return { ...kept, history: [] };
}

/** The state at the beginning: tasks as they are found, edges and marks in place. */
export function initialState(world: World): State {
  const { tasks, budget, wishes } = world.configuration;
  const empty: State = {
    tasks: Object.fromEntries(
      Object.keys(tasks).map((id) => [
        id,
        { row: undefined, records: [], handled: [], sent: 0, marks: [], runs: 0 },
      ]),
    ),
    edges: [],
    messages: [],
    processes: [],
    budget,
    wishes: wishes.map((_, place) => place),
  };
  return Object.entries(tasks).reduce((state, [id, start]) => begin(world, state, id, start), empty);
}

function begin({ configuration }: World, state: State, id: string, start: Start): State {
  if (start === 'absent') return state;
  const task = { type: 'echo', payload: null };
  const fallback = configuration.fallbacks[id] === undefined ? {} : { fallback: { task } };
  const fresh = trimmed({ ...newRow(id, []), ...fallback });
  if (typeof start === 'object') return beginWaiting(state, id, fresh, start.waitsFor.map(named));
  if (start === 'queued') return withTask(state, id, { row: fresh, sent: fresh.generation });
  const claim = applyRowWrite(fresh, claimWrite(fresh, LEASE));
  const claimed = claim.kind === 'applied' && claim.row !== undefined ? trimmed(claim.row) : fresh;
  const row: TaskRow = start === 'completed' ? { ...claimed, status: 'completed' } : claimed;
  return withTask(state, id, { row, sent: fresh.generation, runs: 1 });
}

function beginWaiting(state: State, id: string, fresh: TaskRow, on: readonly NamedDependency[]): State {
  const dependencies = withIndexes(on, 0);
  const row: TaskRow = {
    ...fresh,
    status: 'waiting',
    dependencies: dependencies.map(encodeDependency),
    next_index: dependencies.length,
    waiting_on: memberSet(dependencies.map(({ index }) => memberOf(index))),
  };
  const marked = on.reduce((marking, { task_id, condition }) => {
    const dependency = rowOf(marking, task_id);
    const start = condition === 'start' ? { has_start_dependents: true } : {};
    return dependency === undefined
      ? marking
      : withTask(marking, task_id, { row: { ...dependency, has_dependents: true, ...start } });
  }, state);
  const edges = dependencies.map((dependency) => edgeOf(id, dependency));
  return { ...withTask(marked, id, { row }), edges: [...marked.edges, ...edges] };
}
