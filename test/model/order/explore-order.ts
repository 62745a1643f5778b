import { isEnded } from '../../../core/status.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { breadthFirst, type ExploreBounds, type Explored } from '../breadth-first.ts';
import { codeOfExecutor, keyOf } from './encode.ts';
import { NOBODY, type OrderState, type OrderTask, type Slot } from './state.ts';
import { apiSteps } from './steps/api.ts';
import { executorSteps } from './steps/executor.ts';
import { queueSteps } from './steps/queue.ts';
import { timeSteps } from './steps/time.ts';
import { userSteps } from './steps/users.ts';
import type { OrderProperty, OrderWorld } from './world.ts';

/** Explores every state of a world of ordered tasks. */
export function exploreOrder(
  world: OrderWorld,
  bounds: ExploreBounds<OrderProperty> = {},
): Explored<OrderProperty> {
  return breadthFirst(
    {
      initial: initialState(world),
      steps: (state, emit) => {
        apiSteps(world, state, emit);
        timeSteps(world, state, emit);
        queueSteps(world, state, emit);
        executorSteps(world, state, emit);
        userSteps(world, state, emit);
      },
      fold: (state) => ({ state: folded(state), breaches: [] }),
      keyOf,
      isOver: (state) => isOver(world, state),
      stranded: 'P4',
    },
    bounds,
  );
}

function initialState({ configuration }: OrderWorld): OrderState {
  const { keys, executors, budget, changes } = configuration;
  const indexes = keys.map((_, index) => index);
  return {
    tasks: indexes.map(() => ({
      row: undefined,
      isAnswered: false,
      isBehind: false,
      hasLeftPlace: false,
      records: [],
    })),
    unsubmitted: indexes,
    submissions: [],
    messages: [],
    deadLetters: [],
    recent: [],
    executors: Array.from({ length: executors }, () => undefined),
    budget,
    changes,
  };
}

/** All tasks have ended, but those that never do. */
function isOver({ configuration }: OrderWorld, { tasks, unsubmitted, submissions }: OrderState): boolean {
  if (unsubmitted.length > 0 || submissions.length > 0) return false;
  return tasks.every(
    ({ row }, index) =>
      (configuration.hangs && configuration.keys[index] === configuration.keys[0]) ||
      (row !== undefined && isEnded(row.status)),
  );
}

/** A state in the one form that all states like it share. */
function folded(state: OrderState): OrderState {
  const first = state.tasks[0];
  const isSecondPut = !state.unsubmitted.includes(1);
  const tasks = state.tasks.map((task, index) => ({
    ...task,
    ...(task.row === undefined ? {} : foldedRow(state, task.row)),
    isAnswered: task.isAnswered && !isSecondPut,
    isBehind: task.isBehind && first?.hasLeftPlace === false,
    hasLeftPlace: task.hasLeftPlace && index === 0,
  }));
  const recent = state.recent.filter((key) => {
    const [index, generation] = key.split(':');
    const row = tasks[Number(index)]?.row;
    return row !== undefined && !isEnded(row.status) && row.generation === Number(generation);
  });
  // Who is answered after T2 was put, is told nothing that matters.
  const submissions = state.submissions.filter(
    ({ tasks: { length }, sent }) => !isSecondPut || sent < length,
  );
  return slotsInOrder({ ...state, tasks, recent, submissions });
}

/** The numbers of a task that has ended for good make no difference any more, nor who had a lease. */
function foldedRow(state: OrderState, row: TaskRow): Partial<OrderTask> {
  const { lease_id: _lease, ...kept } = row;
  const livesOn = state.changes.length > 0 && row.status === 'failed';
  if (!isEnded(row.status) || livesOn) return { row: kept };
  const { life: _life, timer_at: _at, ...end } = kept;
  const isHeld = state.executors.some((executor) => executor?.row?.task_id === row.task_id);
  const numbers = isHeld ? {} : { attempt: 0, failures: 0, released: 0 };
  return { row: { ...end, ...numbers }, records: [] };
}

/** Executors differ by what they do and hold, not by their slot. */
function slotsInOrder(state: OrderState): OrderState {
  const codes = state.executors.map((executor, index) => {
    const held = state.messages.map(({ holder }) => Number(holder === index + 1)).join('');
    return { index, code: executor === undefined ? '~' : `${codeOfExecutor(executor)} ${held}` };
  });
  const order = [...codes].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
  if (order.every(({ index }, at) => index === at)) return state;
  const slotOf = (slot: Slot): Slot =>
    slot === NOBODY ? NOBODY : order.findIndex(({ index }) => index === slot - 1) + 1;
  return {
    ...state,
    executors: order.map(({ index }) => state.executors[index]),
    messages: state.messages.map((message) => ({ ...message, holder: slotOf(message.holder) })),
  };
}
