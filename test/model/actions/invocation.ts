import { breachesOfDeletion } from '../properties.ts';
import {
  leaseIdOf,
  type Message,
  type Part,
  type Slot,
  type State,
  spend,
  type TaskState,
  ticksOf,
  withPart,
} from '../state.ts';
import { type Emit, release, type World } from '../world.ts';

/** Kills an executor: its leases and messages are left to run out. */
export function killed(state: State, slot: Slot): State {
  return release(struck(state, slot), slot);
}

/** The state after a fault that costs the executor's attempts their row, should nothing else end them. */
export function struck(state: State, slot: Slot): State {
  const strike = (task: TaskState): TaskState =>
    task.row.status === 'processing' && task.row.lease_id === leaseIdOf(slot)
      ? { ...task, struck: true }
      : task;
  return { ...state, tasks: state.tasks.map(strike) };
}

/** The state after an answer that stays lost. */
export function unanswered(state: State, slot: Slot): State {
  return spend(struck(state, slot), 'lostAnswers');
}

/**
 * The state with a part's fate decided. An invocation of one task with nothing to delete ends at once: whether it
 * dies just before makes no difference that another death would not make.
 */
export function decided(state: State, slot: Slot, task: number, part: Part & { phase: 'done' }): State {
  const next = withPart(state, slot, task, part);
  return state.tasks.length === 1 && part.fate.kind !== 'acknowledge' ? ended(next, slot, () => false) : next;
}

/** The end of an invocation: what is acknowledged is deleted by its newest handle, and perhaps by an older one. */
export function endSteps(world: World, state: State, slot: Slot, who: string, emit: Emit): void {
  const isAcknowledged = ({ task }: Message) => {
    const part = state.executors[slot - 1]?.[task];
    return part?.phase === 'done' && part.fate.kind === 'acknowledge';
  };
  const isOlder = (message: Message) => (message.oldHolders & (1 << slot)) !== 0;
  const end = (how: string, isDeleted: (message: Message) => boolean) => {
    const next = ended(state, slot, isDeleted);
    const breaches = state.tasks.flatMap((_, task) => breachesOfDeletion(state, next, task, how));
    emit(`${who} ends: ${how}`, next, { breaches });
  };
  end('what it acknowledged is deleted', (message) => message.holder === slot && isAcknowledged(message));
  if (!world.configuration.oldHandlesDelete) return;
  if (!state.messages.some((message) => isOlder(message) && isAcknowledged(message))) return;
  end(
    'what it acknowledged is deleted, by old receipt handles too',
    (message) => (message.holder === slot || isOlder(message)) && isAcknowledged(message),
  );
}

/** The state after an invocation: messages deleted or put back, the slot free. */
function ended(state: State, slot: Slot, isDeleted: (message: Message) => boolean): State {
  const messages = state.messages
    .filter((message) => !isDeleted(message))
    .map((message): Message => {
      const part = state.executors[slot - 1]?.[message.task];
      const isBack = message.holder === slot && part?.phase === 'done' && part.fate.kind === 'put_back';
      return isBack ? { ...message, visibleIn: ticksOf(part.fate.delaySeconds) } : message;
    });
  return release({ ...state, messages }, slot);
}
