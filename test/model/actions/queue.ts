import type { ReceivedMessage } from '../../../core/ports.ts';
import type { Configuration } from '../configurations/configure.ts';
import {
  type Message,
  NOBODY,
  type Part,
  type Slot,
  type State,
  spend,
  taskAt,
  withMessage,
} from '../state.ts';
import { type Emit, nameOf, type World } from '../world.ts';

/** The lane queue: duplicates, dead-lettering, and receives by a new invocation of the executor. */
export function queueSteps(world: World, state: State, emit: Emit): void {
  const { messages } = state;
  messages.forEach((message, index) => {
    if (message.dead || isSameAsBefore(messages, index)) return;
    const { task, generation } = message;
    const what = `the message of generation ${generation}`;
    if (state.budget.duplicates > 0) {
      const copy = {
        task,
        generation,
        visibleIn: message.holder === NOBODY ? message.visibleIn : 0,
        receives: message.receives,
      };
      emit(`SQS duplicates ${what}${nameOf(state, task)}`, spend(withMessage(state, copy), 'duplicates'), {
        fault: true,
      });
    }
    if (isUsedUp(world.configuration, message)) {
      const dead: Message = { ...message, dead: true, receives: 0, holder: NOBODY, oldHolders: 0 };
      emit(`${what} was received too often and goes to the DLQ${nameOf(state, task)}`, {
        ...state,
        messages: messages.map((other, at) => (at === index ? dead : other)),
      });
    }
  });
  receiveSteps(world, state, emit);
}

function isSameAsBefore(messages: readonly Message[], index: number): boolean {
  const [one, other] = [messages[index], messages[index - 1]];
  return one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function isUsedUp({ maxReceives }: Configuration, { visibleIn, receives }: Message): boolean {
  return maxReceives !== undefined && visibleIn === 0 && receives >= maxReceives;
}

/** An invocation receives one message, or two (three where there are two tasks), of those that are visible. */
function receiveSteps(world: World, state: State, emit: Emit): void {
  const slot = state.executors.indexOf(undefined) + 1;
  if (slot === NOBODY) return;
  const visible = state.messages.flatMap(({ dead, visibleIn }, index) => {
    const message = state.messages[index];
    return dead || visibleIn > 0 || message === undefined || isUsedUp(world.configuration, message)
      ? []
      : [index];
  });
  const seen = new Set<string>();
  for (const batch of batchesOf(visible, state.tasks.length + 1)) {
    const alike = JSON.stringify(batch.map((index) => state.messages[index]));
    if (seen.has(alike)) continue;
    seen.add(alike);
    receive(world, state, slot, batch, emit);
  }
}

/** The non-empty subsets with at most `size` members. */
function batchesOf(indexes: readonly number[], size: number): number[][] {
  const [first, ...rest] = indexes;
  if (first === undefined || size === 0) return [];
  return [[first], ...batchesOf(rest, size - 1).map((batch) => [first, ...batch]), ...batchesOf(rest, size)];
}

function receive(world: World, state: State, slot: Slot, batch: readonly number[], emit: Emit): void {
  const counts = world.configuration.maxReceives === undefined ? 0 : 1;
  const messages = state.messages.map((message, index): Message => {
    if (!batch.includes(index)) return message;
    const older = message.holder === NOBODY ? 0 : 1 << message.holder;
    return {
      ...message,
      visibleIn: world.configuration.visibilityTicks,
      receives: message.receives + counts,
      holder: slot,
      oldHolders: message.oldHolders | older,
    };
  });
  const received = batch.flatMap((index) => {
    const message = messages[index];
    return message === undefined ? [] : [receivedMessage(state, message, index)];
  });
  const parts: (Part | undefined)[] = state.tasks.map(() => undefined);
  for (const { message } of world.rules.groupByTask(received))
    parts['AB'.indexOf(message.task_id.slice(-1))] = { phase: 'received', generation: message.generation };
  const what = received.map(({ task_id, generation }) =>
    parts.length === 1 ? generation : `${task_id.slice(-1)} ${generation}`,
  );
  emit(
    `an executor receives ${received.length} message${received.length > 1 ? 's' : ''} (generation ${what.join(', ')})`,
    {
      ...state,
      messages,
      executors: state.executors.map((executor, at) => (at === slot - 1 ? parts : executor)),
    },
  );
}

function receivedMessage(state: State, message: Message, index: number): ReceivedMessage {
  const id = `message ${index}`;
  const { task_id } = taskAt(state, message.task).row;
  return {
    task_id,
    generation: message.generation,
    messageId: id,
    receiptHandle: id,
    receives: Math.max(message.receives, 1),
  };
}
