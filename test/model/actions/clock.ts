import { isEnded } from '../../../core/status.ts';
import { later, lateWriteLater, partLater, rowLater } from '../later.ts';
import {
  leaseIdOf,
  type Message,
  NOBODY,
  type State,
  spend,
  type TaskState,
  taskAt,
  ticksUntil,
} from '../state.ts';
import type { Emit, World } from '../world.ts';
import { withHeartbeats } from './heartbeat.ts';

/**
 * Time passes. Executors that live do what they have to do before their lease, or the visibility of their
 * message, runs out: a handler that runs is looked after by heartbeats. That one does not is a stall: a fault.
 */
export function clockSteps(world: World, state: State, emit: Emit): void {
  const beaten = withHeartbeats(world, state);
  if (beaten !== state) pass(world, beaten, 'the clock ticks, heartbeats extend the lease', emit);
  pass(world, state, 'the clock ticks', emit);
}

/** The clock ticks; an executor stalls if it has something to lose. */
function pass(world: World, state: State, told: string, emit: Emit): void {
  if (!wouldStall(world, state)) emit(told, tick(world, state));
  else if (state.budget.stalls > 0)
    emit(`${told} while an executor stalls`, spend(tick(world, state), 'stalls'), { fault: true });
}

function wouldStall(world: World, state: State): boolean {
  return (
    state.tasks.some((task) => losesLease(world, state, task)) ||
    state.messages.some(
      ({ holder, visibleIn, task }) =>
        holder !== NOBODY &&
        visibleIn > 0 &&
        visibleIn <= world.configuration.stepTicks &&
        !isEnded(state.tasks[task]?.row.status ?? 'failed'),
    )
  );
}

/** Whether the attempt's lease is over with this tick, though its executor lives. */
function losesLease({ configuration }: World, state: State, { row }: TaskState): boolean {
  if (row.status !== 'processing') return false;
  const ticks = ticksUntil(row.claimable_at);
  return (
    ticks > 0 &&
    ticks <= configuration.stepTicks &&
    state.executors.some((executor, at) => executor !== undefined && row.lease_id === leaseIdOf(at + 1))
  );
}

function tick(world: World, state: State): State {
  const { stepTicks, leaseTicks } = world.configuration;
  const nearer = (message: Message): Message =>
    message.visibleIn === 0 ? message : { ...message, visibleIn: Math.max(0, message.visibleIn - stepTicks) };
  return {
    ...state,
    tasks: state.tasks.map((task) => ({
      ...task,
      row: rowLater(task.row, stepTicks),
      records: task.records.map((record) => ({ ...record, dueAtMs: later(record.dueAtMs, stepTicks) })),
      struck: task.struck || losesLease(world, state, task),
    })),
    messages: state.messages.map(nearer),
    executors: state.executors.map((executor) =>
      executor?.map((part) => partLater(part, stepTicks, leaseTicks)),
    ),
    burial: state.burial && { ...state.burial, row: rowLater(state.burial.row, stepTicks) },
    lateWrites: state.lateWrites.map((late) => lateWriteLater(late, taskAt(state, late.task).row, stepTicks)),
  };
}
