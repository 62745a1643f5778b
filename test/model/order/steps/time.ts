import { moveOnIfEmpty } from '../../../../core/dependencies/take-members.ts';
import { transition } from '../../../../core/row-write.ts';
import { NEVER, type TaskRow } from '../../../../core/task-row.ts';
import {
  isLater,
  isLeased,
  NOW_MS,
  nameOf,
  type OrderState,
  spend,
  type TaskIndex,
  taskAt,
  withTask,
} from '../state.ts';
import { type OrderEmit, type OrderWorld, sent, writeRow } from '../world.ts';

/** What comes with time, and by others: due times, ends of leases, nets, the dispatcher, releases. */
export function timeSteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  state.tasks.forEach(({ row }, task) => {
    if (row === undefined) return;
    dueSteps(state, task, row, emit);
    releaseSteps(world, state, task, row, emit);
    dispatcherSteps(world, state, task, emit);
  });
  for (const task of nextNets(state)) netSteps(world, state, task, emit);
  for (const key of state.recent) {
    if (!isSentAgain(state, key)) continue;
    const [task] = key.split(':');
    emit(`five minutes pass since ${nameOf(Number(task))} was sent`, {
      ...state,
      recent: state.recent.filter((other) => other !== key),
    });
  }
}

/** Whether it may come to another sending: before that, it makes no difference when five minutes have passed. */
function isSentAgain({ messages, budget, submissions, tasks }: OrderState, key: string): boolean {
  if (budget.copies + budget.replays + budget.redeliveries > 0 || submissions.length > 0) return true;
  const [task] = key.split(':');
  if ((tasks[Number(task)]?.records.length ?? 0) > 0) return true;
  return !messages.some((message) => `${message.task}:${message.generation}` === key);
}

function dueSteps(state: OrderState, task: TaskIndex, row: TaskRow, emit: OrderEmit): void {
  if (!isLater(row)) return;
  const now = withTask(state, task, { row: { ...row, claimable_at: NOW_MS } });
  const name = nameOf(task);
  if (row.status === 'retrying') emit(`the delay of ${name} is over`, now);
  if (row.status === 'scheduled') emit(`the time of ${name} comes`, now);
  if (!isLeased(row)) return;
  const lives = state.executors.some(
    (executor) => executor?.row?.task_id === row.task_id && executor.row.attempt === row.attempt,
  );
  if (!lives) emit(`the lease of ${name} ends`, now);
  else if (state.budget.stalls > 0)
    emit(`an attempt of ${name} stalls, its lease ends`, spend(now, 'stalls'), { fault: true });
}

/** Another task ends: it releases T1, or completes it as its fallback. */
function releaseSteps(
  world: OrderWorld,
  state: OrderState,
  task: TaskIndex,
  row: TaskRow,
  emit: OrderEmit,
): void {
  if (row.status !== 'waiting') return;
  const isFallback = row.attempt > 0;
  const completion = transition(row.task_id, {
    to: 'completed',
    atMs: NOW_MS,
    cause: 'fallback',
    expect: [],
    set: { claimable_at: NEVER },
  });
  const write = isFallback ? completion : moveOnIfEmpty(row, NOW_MS);
  if (write === undefined) return;
  const told = isFallback ? `the fallback of ${nameOf(task)} completes it` : `${nameOf(task)} is released`;
  emit(told, writeRow(world, state, task, write).state);
}

function dispatcherSteps(world: OrderWorld, state: OrderState, task: TaskIndex, emit: OrderEmit): void {
  const [record, ...records] = taskAt(state, task).records;
  if (record === undefined) return;
  const told = `the dispatcher sends ${nameOf(task)} to ${record.queue}`;
  emit(told, sent(world, withTask(state, task, { records }), task, record));
  if (state.budget.redeliveries > 0)
    emit(
      `${told} and dies, the record comes again`,
      spend(sent(world, state, task, record), 'redeliveries'),
      {
        fault: true,
      },
    );
}

/** The tasks that the sweep of each shard comes to next: those with the earliest net. */
function nextNets(state: OrderState): readonly TaskIndex[] {
  const waiting = state.tasks.flatMap(({ row }, task) =>
    row?.timer_at !== undefined && (row.status === 'queued' || row.status === 'retrying')
      ? [{ row, task }]
      : [],
  );
  return waiting.flatMap(({ row, task }) =>
    waiting.every(
      ({ row: other }) => other.timer_in !== row.timer_in || (other.timer_at ?? 0) >= (row.timer_at ?? 0),
    )
      ? [task]
      : [],
  );
}

/** Whether a message that is not sent waits for the net of this task to be set anew. */
function isBefore(state: OrderState, task: TaskIndex): boolean {
  return state.tasks.some(
    ({ row }, other) =>
      other !== task &&
      row?.timer_in === taskAt(state, task).row?.timer_in &&
      !state.messages.some((message) => message.task === other && message.generation === row?.generation),
  );
}

/** The sweep sends a message and sets the net anew. */
function netSteps(world: OrderWorld, state: OrderState, task: TaskIndex, emit: OrderEmit): void {
  const { row } = taskAt(state, task);
  if (row === undefined) return;
  const after = sent(world, state, task, { generation: row.generation, queue: 'ordered', wakes: false });
  const isThere = state.messages.some(
    (message) => message.task === task && message.generation === row.generation,
  );
  const isCopy = isThere && after !== state;
  if (isCopy && state.budget.copies === 0) return;
  if (after === state && !isBefore(state, task)) return;
  const { state: renewed } = writeRow(world, after, task, world.rules.renewNet(row, NOW_MS, task));
  const told =
    after === state ? `the net of ${nameOf(task)} sends what is there` : `the net sends ${nameOf(task)}`;
  emit(told, isCopy ? spend(renewed, 'copies') : renewed, { fault: isCopy });
}
