import { Graph } from '../graph.ts';
import { completionSteps } from './actions/completion.ts';
import { dispatcherSteps } from './actions/dispatcher.ts';
import { messageSteps, releaseSteps } from './actions/release.ts';
import { taskSteps } from './actions/tasks.ts';
import { timerSteps } from './actions/timers.ts';
import {
  batchSteps,
  deletingSteps,
  puttingSteps,
  retryingSteps,
  submittingSteps,
  wishSteps,
} from './actions/wishes.ts';
import { keyOf } from './encode.ts';
import { type Breach, breachesOfState, isOver, type PropertyId } from './properties.ts';
import type { Process, State } from './state.ts';
import { type Emit, initialState, type World } from './world.ts';

/** The shortest way to a broken property. */
export interface Counterexample extends Breach {
  /** The steps from the start, the last of which breaks the property (P6: after which nothing can end the tasks). */
  readonly trace: readonly string[];
}

export interface Exploration {
  readonly states: number;
  /** Steps between states, faults included. */
  readonly edges: number;
  /** Every reachable state was expanded; P6 is judged only then. */
  readonly complete: boolean;
  readonly labels: ReadonlySet<string>;
  /** One for each property that was broken, in the order of the properties. */
  readonly broken: readonly Counterexample[];
}

export interface Bounds {
  /** States after which the exploration is given up. @default 3,000,000 */
  readonly maxStates?: number;
  /** Properties after whose breach nothing more is asked. @default explore everything */
  readonly until?: readonly PropertyId[];
}

function processSteps(world: World, state: State, one: Process, emit: Emit): void {
  switch (one.kind) {
    case 'completion':
      return void completionSteps(world, state, one, emit);
    case 'release':
      return void releaseSteps(world, state, one, emit);
    case 'submitting':
      return void submittingSteps(world, state, one, emit);
    case 'batch':
      return void batchSteps(world, state, one, emit);
    case 'putting':
      return void puttingSteps(world, state, one, emit);
    case 'retrying':
      return void retryingSteps(world, state, one, emit);
    case 'deleting':
      return void deletingSteps(world, state, one, emit);
  }
}

export function stepsOf(world: World, state: State, emit: Emit): void {
  taskSteps(world, state, emit);
  dispatcherSteps(world, state, emit);
  messageSteps(world, state, emit);
  for (const one of state.processes) processSteps(world, state, one, emit);
  timerSteps(world, state, emit);
  wishSteps(world, state, emit);
}

/**
 * Explores every state that can be reached, breadth first, so that each trace is as short as can be. P6 is judged
 * at the end: from every state an ended one must be reachable by steps that are no faults.
 */
export function explore(world: World, { maxStates = 3_000_000, until }: Bounds = {}): Exploration {
  const { endless } = world.configuration;
  const graph = new Graph();
  const first = new Map<PropertyId, { breach: Breach; from: number; label: string | undefined }>();
  const queue: (State | undefined)[] = [];
  const labels = new Set<string>();
  let edges = 0;
  let at = 0;
  const note = (breach: Breach, from: number, label?: string): void => {
    if (!first.has(breach.property)) first.set(breach.property, { breach, from, label });
  };
  const start = initialState(world);
  graph.add(keyOf(start), -1, '', isOver(start, endless));
  queue.push(start);
  const emit: Emit = (label, next, { fault = false, breaches = [] } = {}) => {
    edges += 1;
    labels.add(label);
    for (const breach of breaches) note(breach, at, label);
    const { id, isNew } = graph.add(keyOf(next), at, label, isOver(next, endless));
    if (isNew) queue.push(next);
    if (!fault) graph.connect(at, id);
  };
  const isEnough = () => until?.every((property) => first.has(property)) ?? false;
  for (; at < queue.length && queue.length <= maxStates && !isEnough(); at += 1) {
    const state = queue[at];
    queue[at] = undefined;
    if (state === undefined) continue;
    for (const breach of breachesOfState(state)) note(breach, at);
    stepsOf(world, state, emit);
  }

  const complete = at === queue.length;
  const broken = [...first.values()].map(
    ({ breach, from, label }): Counterexample => ({
      ...breach,
      trace: [...graph.traceTo(from), ...(label === undefined ? [] : [label])],
    }),
  );
  const stranded = complete ? graph.firstStranded() : undefined;
  if (stranded !== undefined) {
    broken.push({
      property: 'P6',
      what: 'no step that is no fault leads to the end any more',
      trace: graph.traceTo(stranded),
    });
  }
  broken.sort((a, b) => a.property.localeCompare(b.property));
  return { states: graph.size, edges, complete, labels, broken };
}
