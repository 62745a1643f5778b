import { type LateWrite, type State, spend, taskAt, USER } from '../state.ts';
import { type Emit, nameOf, type World, writeRow } from '../world.ts';
import { sent } from './dispatcher.ts';

/** Writes that are on their way arrive; nobody waits for them. */
export function lateWriteSteps(world: World, state: State, emit: Emit): void {
  for (const late of state.lateWrites) {
    const { task, by, told, write } = late;
    const arrived = late.sends.reduce(
      (before, send) => sent(world, before, task, send),
      without(state, late),
    );
    if (late.sends.length > 0 && state.budget.deaths > 0)
      emit(`${told} is sent, and the sweep dies`, spend(arrived, 'deaths'), { fault: true });
    const written = writeRow(world, arrived, task, write, by);
    const { status } = taskAt(written.state, task).row;
    const what = written.outcome.kind === 'applied' ? status : `refused (${status})`;
    emit(`${told} is written${nameOf(state, task)}: ${what}`, written.state, {
      fault: by === USER,
      breaches: written.breaches,
    });
  }
}

/** The state with one write more on its way. */
export function withLateWrite(state: State, late: LateWrite): State {
  return { ...state, lateWrites: [...state.lateWrites, late] };
}

function without(state: State, late: LateWrite): State {
  return { ...state, lateWrites: state.lateWrites.filter((other) => other !== late) };
}
