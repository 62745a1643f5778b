import type { State } from '../state.ts';
import { withProcess } from '../state.ts';
import type { Emit, World } from '../world.ts';
import { beginCompletion } from './completion.ts';

/** The timers: what is held and has a timer is completed at any time, by one sweep at a time. */
export function timerSteps(world: World, state: State, emit: Emit): void {
  if (!world.configuration.timers) return;
  for (const [id, { row }] of Object.entries(state.tasks)) {
    if (row === undefined || !world.rules.isAbandoned(row, Number.POSITIVE_INFINITY)) continue;
    const isAtWork = state.processes.some(
      (one) =>
        one.kind === 'completion' && one.task === id && (one.by === 'timer' || !world.configuration.overlap),
    );
    if (isAtWork) continue;
    const holds = world.rules.holdsOf(row);
    const completion = beginCompletion(world, { by: 'timer', task: id, row, holds, walks: true });
    emit(`the timer of ${id} fires`, withProcess(state, undefined, completion));
  }
}
