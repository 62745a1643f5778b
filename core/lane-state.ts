import type { Lane } from './lane.ts';

/** Whether a lane is to be served, as it was asked for last. A lane that nobody ever paused has no state. */
export interface LaneState {
  readonly lane: Lane;
  readonly paused: boolean;
  /** Milliseconds since 1970. */
  readonly changed_at: number;
}

/** Where the states of lanes are kept. */
export interface LaneStates {
  /** All of them, consistently. */
  read(): Promise<readonly LaneState[]>;
  write(state: LaneState): Promise<void>;
  /** Lets a state go that is still the one that was read. */
  forget(state: LaneState): Promise<void>;
}

/** What feeds a lane's queues to their executors. */
export interface LaneMappings {
  /** Has a lane served, or not. False while that is not known to be so yet: ask again. */
  serve(lane: Lane, isServed: boolean): Promise<boolean>;
}

/**
 * How long a resumed lane is still looked after. Whoever acts on an older state has ended by then: no function that
 * does runs for more than a minute.
 */
export const RESUMED_WATCH_MS = 300_000;

/** Whether nothing is left to be done for a state: its lane is served, for good. */
export function isSettled({ paused, changed_at }: LaneState, isDone: boolean, nowMs: number): boolean {
  return !paused && isDone && nowMs - changed_at >= RESUMED_WATCH_MS;
}
