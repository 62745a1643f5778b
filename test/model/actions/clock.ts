import { isEnded } from '../../../core/status.ts';
import { leaseIdOf, type Message, type Part, type State, type TaskState, ticksUntil } from '../state.ts';
import { aTickLater, type Emit, type World } from '../world.ts';

/**
 * Time passes. Executors that live do what they have to do before their lease, or the visibility of their
 * message, runs out; that one does not is a stall: a fault.
 */
export function clockSteps(world: World, state: State, emit: Emit): void {
  if (!wouldStall(state)) emit('the clock ticks', tick(world, state, state.budget.stalls));
  else if (state.budget.stalls > 0)
    emit('the clock ticks while an executor stalls', tick(world, state, state.budget.stalls - 1), {
      fault: true,
    });
}

function wouldStall(state: State): boolean {
  return (
    state.tasks.some((task) => losesLease(state, task)) ||
    state.messages.some(
      (message) =>
        message.holder !== 0 &&
        message.visibleIn === 1 &&
        !isEnded(state.tasks[message.task]?.row.status ?? 'failed'),
    )
  );
}

/** Whether the attempt's lease is over with this tick, though its executor lives. */
function losesLease(state: State, { row }: TaskState): boolean {
  return (
    row.status === 'processing' &&
    ticksUntil(row.claimable_at) === 1 &&
    state.executors.some((executor, at) => executor !== undefined && row.lease_id === leaseIdOf(at + 1))
  );
}

function tick(world: World, state: State, stalls: number): State {
  const leaseTicks = world.configuration.leaseTicks;
  const older = (part: Part | undefined): Part | undefined =>
    part !== undefined && 'claimAge' in part
      ? { ...part, claimAge: Math.min(part.claimAge + 1, leaseTicks) }
      : part;
  const nearer = (message: Message): Message =>
    message.visibleIn === 0 ? message : { ...message, visibleIn: message.visibleIn - 1 };
  return {
    ...state,
    tasks: state.tasks.map((task) => ({
      ...task,
      row: { ...task.row, claimable_at: aTickLater(task.row.claimable_at) },
      records: task.records.map((record) => ({ ...record, dueAtMs: aTickLater(record.dueAtMs) })),
      struck: task.struck || losesLease(state, task),
    })),
    messages: state.messages.map(nearer),
    executors: state.executors.map((executor) => executor?.map(older)),
    budget: { ...state.budget, stalls },
  };
}
