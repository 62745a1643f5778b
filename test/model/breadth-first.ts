import { Graph } from './graph.ts';

/** Something that is explored: what may be at first, what may happen then, and which states are alike. */
export interface Model<State, Property extends string> {
  readonly initial: State;
  /** Calls `emit` with every step that may happen in a state. */
  readonly steps: (state: State, emit: EmitStep<State, Property>) => void;
  /** The state in the one form that all states like it share, and what that itself has found broken. */
  readonly fold: (state: State) => Folded<State, Property>;
  /** What is broken in a folded state itself: asked once for each, where it takes longer than to fold it. */
  readonly breachesOf?: (state: State) => readonly PropertyBreach<Property>[];
  /** A text that tells folded states apart. */
  readonly keyOf: (state: State) => string;
  readonly isOver: (state: State) => boolean;
  /** What is broken where no step that is no fault leads to the end any more. */
  readonly stranded: Property;
}

export interface Folded<State, Property> {
  readonly state: State;
  readonly breaches: readonly PropertyBreach<Property>[];
}

/** A property that a step has broken, and how. */
export interface PropertyBreach<Property> {
  readonly property: Property;
  readonly what: string;
}

/** A step that may happen. `fault`: nothing may count on it. */
export type EmitStep<State, Property> = (
  label: string,
  next: State,
  options?: { readonly fault?: boolean; readonly breaches?: readonly PropertyBreach<Property>[] },
) => void;

/** The shortest way to a broken property. */
export interface PropertyCounterexample<Property> extends PropertyBreach<Property> {
  /** The steps from the start, the last of which breaks the property (`stranded`: after which nothing can end). */
  readonly trace: readonly string[];
}

export interface Explored<Property> {
  readonly states: number;
  /** Steps between states, faults included. */
  readonly edges: number;
  /** Every reachable state was expanded; being stranded is judged only then. */
  readonly complete: boolean;
  /** What happened in some step: every label. */
  readonly labels: ReadonlySet<string>;
  /** One for each property that was broken, in the order of the properties. */
  readonly broken: readonly PropertyCounterexample<Property>[];
}

export interface ExploreBounds<Property> {
  /** States after which the exploration is given up. @default 2,000,000 */
  readonly maxStates?: number;
  /** Properties after whose breach nothing more is asked. @default explore everything */
  readonly until?: readonly Property[];
}

/**
 * Explores every state that can be reached, breadth first, so that each trace is as short as can be. `stranded` is
 * judged at the end: from every state an ended one must be reachable by steps that are no faults. (That is to say that
 * all ends under strong fairness: a step that is possible again and again is taken at last.)
 */
export function breadthFirst<State, Property extends string>(
  model: Model<State, Property>,
  { maxStates = 2_000_000, until }: ExploreBounds<Property> = {},
): Explored<Property> {
  const graph = new Graph();
  const first = new Map<
    Property,
    { readonly breach: PropertyBreach<Property>; readonly from: number; readonly label: string }
  >();
  const queue: (State | undefined)[] = [];

  const start = model.fold(model.initial).state;
  graph.add(model.keyOf(start), -1, '', model.isOver(start));
  queue.push(start);
  const labels = new Set<string>();
  let edges = 0;
  let at = 0;
  const emit: EmitStep<State, Property> = (label, next, { fault = false, breaches = [] } = {}) => {
    const folded = model.fold(next);
    edges += 1;
    labels.add(label);
    const { id, isNew } = graph.add(model.keyOf(folded.state), at, label, model.isOver(folded.state));
    if (isNew) queue.push(folded.state);
    if (!fault) graph.connect(at, id);
    const own = isNew ? (model.breachesOf?.(folded.state) ?? []) : [];
    for (const breach of [...breaches, ...folded.breaches, ...own])
      if (!first.has(breach.property)) first.set(breach.property, { breach, from: at, label });
  };
  const isEnough = () => until?.every((property) => first.has(property)) ?? false;
  for (; at < queue.length && queue.length <= maxStates && !isEnough(); at += 1) {
    const state = queue[at];
    queue[at] = undefined;
    if (state !== undefined) model.steps(state, emit);
  }

  const complete = at === queue.length;
  const broken = [...first.values()].map(
    ({ breach, from, label }): PropertyCounterexample<Property> => ({
      ...breach,
      trace: [...graph.traceTo(from), label],
    }),
  );
  const stranded = complete ? graph.firstStranded() : undefined;
  if (stranded !== undefined)
    broken.push({
      property: model.stranded,
      what: 'no step that is no fault leads to the end any more',
      trace: graph.traceTo(stranded),
    });
  broken.sort((a, b) => a.property.localeCompare(b.property));
  return { states: graph.size, edges, complete, labels, broken };
}
