import { LOOK_AHEAD_MS } from '../../../core/changes/sweep-timer.ts';
import { NOW_MS, type State, TIMERS } from '../state.ts';
import { type Emit, nameOf, RETENTION_SECONDS, sendsOf, type World } from '../world.ts';
import { withLateWrite } from './late-writes.ts';

/** The sweep reads a row whose timer is near; what it decides is written whenever it may. */
export function timerSteps(world: World, state: State, emit: Emit): void {
  state.tasks.forEach(({ row }, task) => {
    if (row.timer_at === undefined || row.timer_at > NOW_MS + LOOK_AHEAD_MS) return;
    const inFlight = state.lateWrites.filter((late) => late.by === TIMERS && late.task === task).length;
    if (inFlight >= world.configuration.sweeps) return;
    const write = world.rules.sweepWrite(row, { nowMs: NOW_MS, retentionSeconds: RETENTION_SECONDS });
    if (write === undefined) return;
    const sends = write.set.status === undefined ? sendsOf(world.rules.sweepFollowUps(row)) : [];
    const told = `the sweep’s ${write.set.status ?? 'new generation'}`;
    emit(
      `the sweep reads the row (${row.status})${nameOf(state, task)}`,
      withLateWrite(state, { task, by: TIMERS, told, write, sends }),
    );
  });
}
