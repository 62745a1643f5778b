import type { Lane } from './lane.ts';

/** Messages on a lane, in all pools; SQS counts them roughly. */
export interface LaneDepth {
  /** Waiting to be received. */
  readonly pending: number;
  /** Received, and neither deleted nor back yet. */
  readonly in_flight: number;
  /** Not yet due. */
  readonly delayed: number;
}

export interface LaneDepths {
  /** Throws when the queues do not answer. */
  of(lane: Lane): Promise<LaneDepth>;
}

/** A lane that takes no more for now. */
export interface FullLane {
  readonly lane: Lane;
  readonly pending: number;
  readonly maxPending: number;
}

/** How long a lane's depth is believed: so late may a lane be seen to be full, or to have room again. */
export const DEPTH_LIFE_SECONDS = 5;
