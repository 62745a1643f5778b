import { isSettled, type LaneMappings, type LaneState, type LaneStates } from '../lane-state.ts';
import type { Clock } from '../ports.ts';

export interface ServeLanesDeps {
  readonly states: Pick<LaneStates, 'read' | 'forget'>;
  readonly mappings: LaneMappings;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Told of a lane that could not be switched; the next time tries again. */
  readonly onTrouble: (state: LaneState, error: unknown) => void;
}

/** Lanes that have a state, and those of them that are as it says. */
export interface ServeLanesReport {
  readonly lanes: number;
  readonly done: number;
}

/**
 * Has every lane served or stopped as its state says. Safe to run twice, late, or beside itself: the states alone
 * decide, and one is forgotten only when all who may have read an older one have ended.
 */
export async function serveLanes(deps: ServeLanesDeps): Promise<ServeLanesReport> {
  const states = await deps.states.read();
  const done = await Promise.all(states.map((state) => serve(deps, state)));
  return { lanes: states.length, done: done.filter(Boolean).length };
}

async function serve({ states, mappings, clock, onTrouble }: ServeLanesDeps, state: LaneState) {
  try {
    const isDone = await mappings.serve(state.lane, !state.paused);
    if (isSettled(state, isDone, clock.nowMs())) await states.forget(state);
    return isDone;
  } catch (error) {
    onTrouble(state, error);
    return false;
  }
}
