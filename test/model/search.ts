import { clockSteps } from './actions/clock.ts';
import { dispatcherSteps } from './actions/dispatcher.ts';
import { executorSteps } from './actions/executor.ts';
import { lateWriteSteps } from './actions/late-writes.ts';
import { queueSteps } from './actions/queue.ts';
import { timerSteps } from './actions/timers.ts';
import { undertakerSteps } from './actions/undertaker.ts';
import { userSteps } from './actions/user.ts';
import { createCanonicaliser } from './canonical.ts';
import { keyOf } from './encode.ts';
import { Graph } from './graph.ts';
import type { Breach, PropertyId } from './properties.ts';
import type { State } from './state.ts';
import { type Emit, initialState, isOver, type World } from './world.ts';

/** The shortest way to a broken property. */
export interface Counterexample {
  readonly property: PropertyId;
  readonly what: string;
  /** The steps from the start, the last of which breaks the property (S1: after which nothing can end the task). */
  readonly trace: readonly string[];
}

export interface Exploration {
  readonly states: number;
  /** Steps between states, faults included. */
  readonly edges: number;
  /** Every reachable state was expanded; S1 is judged only then. */
  readonly complete: boolean;
  /** What happened in some step: every label. */
  readonly labels: ReadonlySet<string>;
  /** One for each property that was broken, in the order of the properties. */
  readonly broken: readonly Counterexample[];
}

export interface Bounds {
  /** States after which the exploration is given up. @default 2,000,000 */
  readonly maxStates?: number;
  /** Properties after whose breach nothing more is asked. @default explore everything */
  readonly until?: readonly PropertyId[];
}

/** Calls `emit` with every step that may happen in a state. */
export function stepsOf(world: World, state: State, emit: Emit): void {
  clockSteps(world, state, emit);
  dispatcherSteps(world, state, emit);
  queueSteps(world, state, emit);
  undertakerSteps(world, state, emit);
  executorSteps(world, state, emit);
  timerSteps(world, state, emit);
  userSteps(world, state, emit);
  lateWriteSteps(world, state, emit);
}

/**
 * Explores every state that can be reached, breadth first, so that each trace is as short as can be. S1 is judged
 * at the end: from every state an ended one must be reachable by steps that are no faults. (That is to say that
 * each task ends under strong fairness: a step that is possible again and again is taken at last.)
 */
export function explore(world: World, { maxStates = 2_000_000, until }: Bounds = {}): Exploration {
  const canonical = createCanonicaliser(world);
  const graph = new Graph();
  const first = new Map<
    PropertyId,
    { readonly breach: Breach; readonly from: number; readonly label: string }
  >();
  const queue: (State | undefined)[] = [];

  const start = canonical(initialState(world)).state;
  graph.add(keyOf(start), -1, '', isOver(start));
  queue.push(start);
  const labels = new Set<string>();
  let edges = 0;
  let at = 0;
  const emit: Emit = (label, next, { fault = false, breaches = [] } = {}) => {
    const folded = canonical(next);
    edges += 1;
    labels.add(label);
    const { id, isNew } = graph.add(keyOf(folded.state), at, label, isOver(folded.state));
    if (isNew) queue.push(folded.state);
    if (!fault) graph.connect(at, id);
    for (const breach of [...breaches, ...folded.breaches])
      if (!first.has(breach.property)) first.set(breach.property, { breach, from: at, label });
  };
  const isEnough = () => until?.every((property) => first.has(property)) ?? false;
  for (; at < queue.length && queue.length <= maxStates && !isEnough(); at += 1) {
    const state = queue[at];
    queue[at] = undefined;
    if (state !== undefined) stepsOf(world, state, emit);
  }

  const complete = at === queue.length;
  const broken = [...first.values()].map(
    ({ breach, from, label }): Counterexample => ({ ...breach, trace: [...graph.traceTo(from), label] }),
  );
  const stranded = complete ? graph.firstStranded() : undefined;
  if (stranded !== undefined)
    broken.push({
      property: 'S1',
      what: 'no step that is no fault leads to the end any more',
      trace: graph.traceTo(stranded),
    });
  broken.sort((a, b) => a.property.localeCompare(b.property));
  return { states: graph.size, edges, complete, labels, broken };
}
