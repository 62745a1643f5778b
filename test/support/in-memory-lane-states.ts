import type { Lane } from '../../core/lane.ts';
import type { LaneState, LaneStates } from '../../core/lane-state.ts';

/** The states of lanes in memory. */
export class InMemoryLaneStates implements LaneStates {
  readonly states = new Map<Lane, LaneState>();

  async read(): Promise<readonly LaneState[]> {
    return [...this.states.values()];
  }

  async write(state: LaneState): Promise<void> {
    this.states.set(state.lane, state);
  }

  async forget({ lane, paused, changed_at }: LaneState): Promise<void> {
    const present = this.states.get(lane);
    if (present?.paused === paused && present.changed_at === changed_at) this.states.delete(lane);
  }
}
