import type { NamedDependency } from '../../../core/dependencies/condition.ts';
import type { Dependency } from '../../../core/dependencies/dependency.ts';
import type { Edge } from '../../../core/dependencies/edge.ts';
import type { FoundCycle } from '../../../core/dependencies/withdraw.ts';
import type { ReleaseMessage } from '../../../core/release-message.ts';
import type { TaskRow } from '../../../core/task-row.ts';

/** The present: nothing here depends on how much time has passed, only on what may happen before what. */
export const NOW_MS = Date.UTC(2026, 10, 21);

/** What a record of the stream makes the dispatcher do. */
export type Effect =
  | { readonly kind: 'send'; readonly generation: number }
  | { readonly kind: 'release'; readonly of: ReleaseMessage['of']; readonly told?: TaskRow }
  /** A task has begun to wait for its fallback task, which is to be created. */
  | { readonly kind: 'fallback'; readonly index: number };

export interface TaskState {
  /** Undefined until it is put. */
  readonly row: TaskRow | undefined;
  /** Records of the stream that wait for the dispatcher, oldest first. */
  readonly records: readonly (readonly Effect[])[];
  /** Records that it has handled, which may be handed to it again. */
  readonly handled: readonly (readonly Effect[])[];
  /** The newest generation of which a message is on the lane. */
  readonly sent: number;
  /** What has happened to dependencies while the task waited: `0:ended`, `0:failed`. For the properties only. */
  readonly marks: readonly string[];
  /** Attempts begun in this life. */
  readonly runs: number;
}

/** Whoever puts dependencies of a task: the steps of `completeDependencies`. */
export interface Completion {
  readonly kind: 'completion';
  readonly by: 'api' | 'timer';
  readonly task: string;
  /** The row as this operation knows it. */
  readonly row: TaskRow;
  readonly holds: readonly string[];
  readonly only?: readonly number[];
  readonly walks: boolean;
  readonly stage: 'edges' | 'look' | 'mark' | 'walk' | 'settle';
  readonly dependencies: readonly Dependency[];
  /** The dependencies' rows, as they were read. */
  readonly seen: Readonly<Record<string, TaskRow | undefined>>;
  /** Rows that the walk has read. */
  readonly walked: Readonly<Record<string, TaskRow | undefined>>;
  readonly cycle?: FoundCycle;
}

/** A message of the release queue; one that tells the row itself only where that rule is taken out. */
export interface Message extends ReleaseMessage {
  readonly told?: TaskRow;
}

/** A message in the hands of the release function, with what it has read for it. */
export interface Job {
  readonly message: Message;
  readonly edges: readonly Edge[];
  readonly next?: string;
  /** The dependency's row, once it is read; null if it is not there. */
  readonly dependency?: TaskRow | null;
}

/** An invocation of the release function: the steps of `releaseDependents`. */
export interface Release {
  readonly kind: 'release';
  readonly jobs: readonly Job[];
  readonly stage: 'second' | 'dependents' | 'done';
  /** Dependents that are still to be written, and the first one's row as it was read last. */
  readonly left: readonly string[];
  readonly row?: TaskRow;
}

/** A submission between the look at what it depends on and its insert. */
export interface Submitting {
  readonly kind: 'submitting';
  readonly task: string;
  readonly dependencies: readonly (NamedDependency & { readonly isMet: boolean })[];
}

/** A batch: its members that are still to be put, in order. */
export interface Batch {
  readonly kind: 'batch';
  readonly left: readonly string[];
  readonly members: Readonly<Record<string, readonly NamedDependency[]>>;
}

/** A PUT between its reads and its write. */
export interface Putting {
  readonly kind: 'putting';
  readonly task: string;
  readonly named: NamedDependency;
  readonly row: TaskRow;
  readonly isMet: boolean;
}

/** A manual retry between its reads and its write. */
export interface Retrying {
  readonly kind: 'retrying';
  readonly task: string;
  readonly row: TaskRow;
  readonly met: readonly number[];
}

/** A DELETE whose row is written, and whose edge is still there. */
export interface Deleting {
  readonly kind: 'deleting';
  readonly task: string;
  readonly edge: Edge;
}

export type Process = Completion | Release | Submitting | Batch | Putting | Retrying | Deleting;

export interface Budget {
  /** Processes may die. */
  readonly deaths: number;
  /** Messages may be handed out twice, or come again after they were handled. */
  readonly duplicates: number;
  /** The stream may be read again from an earlier record. */
  readonly rewinds: number;
}

export interface State {
  readonly tasks: Readonly<Record<string, TaskState>>;
  readonly edges: readonly Edge[];
  readonly messages: readonly Message[];
  readonly processes: readonly Process[];
  readonly budget: Budget;
  /** Places of the wishes that are still to come. */
  readonly wishes: readonly number[];
}

export function taskOf(state: State, id: string): TaskState {
  const task = state.tasks[id];
  if (task === undefined) throw new RangeError(`there is no task ${id}`);
  return task;
}

export function rowOf(state: State, id: string): TaskRow | undefined {
  return taskOf(state, id).row;
}

export function withTask(state: State, id: string, change: Partial<TaskState>): State {
  return { ...state, tasks: { ...state.tasks, [id]: { ...taskOf(state, id), ...change } } };
}

/** The state with another process in the place of one; without it, where there is none. */
export function withProcess(state: State, old: Process | undefined, ...now: readonly Process[]): State {
  return { ...state, processes: [...state.processes.filter((one) => one !== old), ...now] };
}

export function spend(state: State, what: keyof Budget): State {
  return { ...state, budget: { ...state.budget, [what]: state.budget[what] - 1 } };
}

/** How many copies of a message nobody has in hand. */
export function freeCopies(state: State, message: Message): number {
  const isIt = (one: Message): boolean => isSameMessage(one, message);
  const inHand = state.processes.flatMap((one) => (one.kind === 'release' ? one.jobs : []));
  return state.messages.filter(isIt).length - inHand.filter((job) => isIt(job.message)).length;
}

/** A second copy is only worth having while the first is in hand: who has it may have read too early. */
export function withMessage(state: State, message: Message): State {
  return freeCopies(state, message) > 0 ? state : { ...state, messages: [...state.messages, message] };
}

export function withoutMessages(state: State, gone: readonly Message[]): State {
  const messages = [...state.messages];
  for (const message of gone) {
    const place = messages.findIndex((one) => isSameMessage(one, message));
    if (place >= 0) messages.splice(place, 1);
  }
  return { ...state, messages };
}

export function isSameMessage(a: Message, b: Message): boolean {
  const isSame = a.task_id === b.task_id && a.of === b.of && a.after === b.after;
  return isSame && a.told?.status === b.told?.status;
}

export function isSameEdge(a: Edge, b: Edge): boolean {
  return a.dependencyId === b.dependencyId && a.dependentId === b.dependentId && a.index === b.index;
}

export function withEdges(state: State, edges: readonly Edge[]): State {
  const added = edges.filter((edge) => !state.edges.some((one) => isSameEdge(one, edge)));
  return { ...state, edges: [...state.edges, ...added] };
}

export function withoutEdges(state: State, edges: readonly Edge[]): State {
  return { ...state, edges: state.edges.filter((one) => !edges.some((edge) => isSameEdge(one, edge))) };
}
