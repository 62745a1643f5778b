import {
  type Message,
  NOBODY,
  NOW_MS,
  nameOf,
  type OrderState,
  type Slot,
  spend,
  taskAt,
  withExecutor,
} from '../state.ts';
import { type OrderBreach, type OrderEmit, type OrderWorld, RETENTION_SECONDS, writeRow } from '../world.ts';

/** The queues: messages become visible, and are handed out in the order of their groups. */
export function queueSteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  state.messages.forEach((message, index) => {
    lapseSteps(state, message, index, emit);
    if (message.wakes) wakeSteps(world, state, message, index, emit);
    else if (message.group === '' && !visibilitySteps(state, [index], emit)) receive(state, [index], emit);
  });
  const groups = new Set(state.messages.flatMap(({ group }) => (group === '' ? [] : [group])));
  for (const group of groups) groupSteps(world, state, group, emit);
  deadLetterSteps(world, state, emit);
}

/** A message in hand becomes visible. */
function lapseSteps(state: OrderState, message: Message, index: number, emit: OrderEmit): void {
  const { isVisible, holder, task } = message;
  if (isVisible || holder === NOBODY || state.budget.stalls === 0) return;
  const shown = { ...message, isVisible: true, holder: NOBODY };
  const messages = state.messages.map((old, at) => (at === index ? shown : old));
  const next = spend({ ...state, messages }, 'stalls');
  emit(`the message of ${nameOf(task)} becomes visible under its executor`, next, { fault: true });
}

/** Of a group nothing is handed out before all of it is visible, so it makes no difference which is so first. */
function visibilitySteps(state: OrderState, indexes: readonly number[], emit: OrderEmit): boolean {
  const hidden = indexes.filter((index) => state.messages[index]?.isVisible === false);
  if (hidden.length === 0) return false;
  if (hidden.some((index) => state.messages[index]?.holder !== NOBODY)) return true;
  const names = hidden.map((index) => nameOf(state.messages[index]?.task ?? 0));
  emit(`the messages of ${names.join(' and ')} are visible again`, {
    ...state,
    messages: state.messages.map((old, at) => (hidden.includes(at) ? { ...old, isVisible: true } : old)),
  });
  return true;
}

function groupSteps(world: OrderWorld, state: OrderState, group: string, emit: OrderEmit): void {
  const indexes = state.messages.flatMap((message, index) => (message.group === group ? [index] : []));
  if (visibilitySteps(state, indexes, emit)) return;
  const { maxReceives } = world.configuration;
  const worn = indexes.find((index) => (state.messages[index]?.receives ?? 0) >= maxReceives);
  if (world.rules.hasDeadLetters && worn !== undefined) {
    const { task = 0, generation = 0 } = state.messages[worn] ?? {};
    emit(`the message of ${nameOf(task)} was received too often`, {
      ...state,
      messages: state.messages.filter((_, at) => at !== worn),
      deadLetters: [...state.deadLetters, { task, generation }],
    });
    return;
  }
  const counted = world.rules.hasDeadLetters ? countedReceives(state, indexes) : state;
  receive(counted, indexes.slice(0, 1), emit);
  if (indexes.length > 1) receive(counted, indexes, emit);
}

function countedReceives(state: OrderState, indexes: readonly number[]): OrderState {
  const messages = state.messages.map((message, at) =>
    indexes.includes(at) ? { ...message, receives: message.receives + 1 } : message,
  );
  return { ...state, messages };
}

function receive(state: OrderState, indexes: readonly number[], emit: OrderEmit): void {
  const slot: Slot = state.executors.indexOf(undefined) + 1;
  if (slot === NOBODY) return;
  const batch = indexes.flatMap((index) => state.messages[index] ?? []);
  if (batch.some(({ isVisible }) => !isVisible)) return;
  const messages = state.messages.map((message, at) =>
    indexes.includes(at) ? { ...message, isVisible: false, holder: slot } : message,
  );
  const works = batch.map(({ task, generation }) => ({ task, generation }));
  emit(
    `executor ${slot} receives ${works.map(({ task }) => nameOf(task)).join(' and ')}`,
    withExecutor({ ...state, messages }, slot, { batch: works, at: 0, phase: 'claiming' }),
  );
}

/** A message in a lane gives a scheduled task its place. */
function wakeSteps(
  world: OrderWorld,
  state: OrderState,
  message: Message,
  index: number,
  emit: OrderEmit,
): void {
  const { row } = taskAt(state, message.task);
  const ids = { task_id: row?.task_id ?? '', generation: message.generation };
  const wake = world.rules.judgeWake(row, ids, NOW_MS);
  if (wake.kind === 'put_back') return;
  const without = { ...state, messages: state.messages.filter((_, at) => at !== index) };
  const next = wake.kind === 'write' ? writeRow(world, without, message.task, wake.write).state : without;
  emit(`the message in the lane wakes ${nameOf(message.task)}: ${wake.kind}`, next);
}

function deadLetterSteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  state.deadLetters.forEach(({ task, generation }, index) => {
    const { row } = taskAt(state, task);
    const terms = { nowMs: NOW_MS, retentionSeconds: RETENTION_SECONDS, receives: 1 };
    const message = { task_id: row?.task_id ?? '', generation };
    const judged = world.rules.judgeDeadLetter(row, message, terms, []);
    const without = { ...state, deadLetters: state.deadLetters.filter((_, at) => at !== index) };
    if (judged.kind === 'drop') emit(`dead-letter drops the message of ${nameOf(task)}`, without);
    if (judged.kind !== 'write') return;
    const breaches: OrderBreach[] =
      row?.attempt === 0 ? [{ property: 'P3', what: `${nameOf(task)} is dead-lettered, never tried` }] : [];
    const written = writeRow(world, without, task, judged.write);
    emit(`dead-letter fails ${nameOf(task)}`, written.state, { breaches });
  });
}
