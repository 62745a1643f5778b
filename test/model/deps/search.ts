import { breadthFirst, type ExploreBounds, type Explored } from '../breadth-first.ts';
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
import { breachesOfState, isOver, type PropertyId } from './properties.ts';
import type { Process, State } from './state.ts';
import { type Emit, initialState, type World } from './world.ts';

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

/** Explores every state of a world that can be reached, as far as its configuration says; P6 is judged at the end of all. */
export function explore(world: World, bounds: ExploreBounds<PropertyId> = {}): Explored<PropertyId> {
  const { upTo } = world.configuration;
  return breadthFirst(
    {
      initial: initialState(world),
      steps: (state, emit) => stepsOf(world, state, emit),
      fold: (state) => ({ state, breaches: [] }),
      breachesOf: breachesOfState,
      keyOf,
      isOver: (state) => isOver(state, world.configuration.endless),
      stranded: 'P6',
    },
    { ...(upTo === undefined ? {} : { maxStates: upTo }), ...bounds },
  );
}
