import type { Slot, State } from '../state.ts';
import type { Emit, World } from '../world.ts';

/** One executor's part for one task, where it may take a step. */
export interface Turn {
  readonly world: World;
  readonly state: State;
  readonly slot: Slot;
  readonly task: number;
  /** `the executor of attempt 2`, and the task where there are two. */
  readonly who: string;
  readonly emit: Emit;
}
