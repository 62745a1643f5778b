import type { LaneStatus } from '../contract/lane-schema.ts';
import type { Lane } from '../lane.ts';
import type { LaneDepths } from '../lane-depth.ts';
import type { LaneStates } from '../lane-state.ts';
import type { Clock } from '../ports.ts';

export interface SwitchLaneDeps {
  readonly states: Pick<LaneStates, 'write'>;
  readonly depths: LaneDepths;
  /** Has the lanes served as their states say, now. Without it that happens within a minute. */
  readonly applyStates: () => Promise<void>;
  /** Invocations that a lane may use at a time, in all pools. */
  readonly maxConcurrency: Readonly<Record<Lane, number>>;
  readonly maxPending: Readonly<Record<Lane, number | null>>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Told of what went wrong without harm to the answer. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * Pauses a lane, or resumes it: what waits is served no more, or again. Twice is as good as once. The state is the
 * truth: should this process die behind its write, the next minute's look brings the lane in line.
 */
export async function switchLane(deps: SwitchLaneDeps, lane: Lane, paused: boolean): Promise<LaneStatus> {
  await deps.states.write({ lane, paused, changed_at: deps.clock.nowMs() });
  try {
    await deps.applyStates();
  } catch (error) {
    deps.onTrouble('a lane is switched within a minute, not at once', { lane, paused, error });
  }
  return {
    lane,
    paused,
    ...(await deps.depths.of(lane)),
    max_concurrency: deps.maxConcurrency[lane],
    max_pending: deps.maxPending[lane],
  };
}
