import { clockSteps } from './actions/clock.ts';
import { dispatcherSteps } from './actions/dispatcher.ts';
import { executorSteps } from './actions/executor.ts';
import { lateWriteSteps } from './actions/late-writes.ts';
import { queueSteps } from './actions/queue.ts';
import { timerSteps } from './actions/timers.ts';
import { undertakerSteps } from './actions/undertaker.ts';
import { userSteps } from './actions/user.ts';
import { breadthFirst, type ExploreBounds, type Explored } from './breadth-first.ts';
import { createCanonicaliser } from './canonical.ts';
import { keyOf } from './encode.ts';
import type { PropertyId } from './properties.ts';
import type { State } from './state.ts';
import { type Emit, initialState, isOver, type World } from './world.ts';

export type Exploration = Explored<PropertyId>;
export type Bounds = ExploreBounds<PropertyId>;

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

/** Explores every state of a world that can be reached; S1 is judged at the end. */
export function explore(world: World, bounds: Bounds = {}): Exploration {
  return breadthFirst(
    {
      initial: initialState(world),
      steps: (state, emit) => stepsOf(world, state, emit),
      fold: createCanonicaliser(world),
      keyOf,
      isOver,
      stranded: 'S1',
    },
    bounds,
  );
}
