import { encodeTransition } from '../../../core/history.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../../../core/retry.ts';
import { applyRowWrite, type RowWrite, type WriteOutcome } from '../../../core/row-write.ts';
import { isEnded } from '../../../core/status.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { EmitStep, PropertyBreach } from '../breadth-first.ts';
import type { OrderConfiguration } from './configurations.ts';
import type { OrderRules } from './rules.ts';
import {
  isLeased,
  NOBODY,
  NOW_MS,
  nameOf,
  type OrderState,
  type Send,
  type TaskIndex,
  taskAt,
  withTask,
} from './state.ts';

/** What must hold in every state, whatever went wrong on the way to it. */
export const ORDER_PROPERTIES = {
  P1: 'no task starts before one of its key that was accepted before it has ended, or left its place',
  P2: 'no task starts while an attempt of another of its key lives',
  P3: 'no task fails that was never tried',
  P4: 'every task ends, without another fault and without anybody looking after it',
} as const;

export type OrderProperty = keyof typeof ORDER_PROPERTIES;
export type OrderBreach = PropertyBreach<OrderProperty>;
export type OrderEmit = EmitStep<OrderState, OrderProperty>;

/** What is explored, by whose decisions. */
export interface OrderWorld {
  readonly configuration: OrderConfiguration;
  readonly rules: OrderRules;
}

export const RETENTION_SECONDS = 86_400;

/** Shards of the timer index: enough that three tasks are in different ones unless their key has one. */
const SHARDS = 97;
const TENANT = 'tenant';

export function retryPolicyOf({ configuration }: OrderWorld): RetryPolicy {
  return { ...DEFAULT_RETRY, max_attempts: configuration.maxAttempts, jitter: 'none' };
}

/** The row of a task as it is accepted; `place` is its place in its batch. */
export function acceptedRow({ configuration, rules }: OrderWorld, task: TaskIndex, place: number): TaskRow {
  const submission = {
    type: 'echo',
    payload: null,
    ordering_key: configuration.keys[task] ?? '',
    ...(configuration.fallsBack && task === 0 ? { fallback: { task: { type: 'echo', payload: null } } } : {}),
  };
  const ids = { task_id: `task-${task}`, tenant: TENANT, ordering_key: submission.ordering_key };
  // Who submits later does so at a later moment.
  const nowMs = configuration.isBatch ? NOW_MS : NOW_MS + 1000 * task;
  const terms = { taskId: ids.task_id, tenant: TENANT, nowMs, ...rules.netPlaceOf(ids, place, SHARDS) };
  const { row } = rules.acceptTask(submission, terms);
  if (!configuration.waits || task > 0) return row;
  const { timer_at: _at, timer_in: _in, ...waiting } = row;
  return { ...waiting, status: 'waiting', history: [encodeTransition(NOW_MS, 'waiting', 'submitted')] };
}

export interface Written {
  readonly state: OrderState;
  readonly outcome: WriteOutcome;
}

/** Runs a conditional write as the table does, with the stream's record of it. */
export function writeRow(world: OrderWorld, state: OrderState, task: TaskIndex, write: RowWrite): Written {
  const { row: before } = taskAt(state, task);
  const outcome = applyRowWrite(before, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) return { state, outcome };
  return { state: withRow(world, state, task, outcome.row, before), outcome };
}

/** The state with a row that was put or written. */
export function withRow(
  { rules }: OrderWorld,
  state: OrderState,
  task: TaskIndex,
  row: TaskRow,
  before?: TaskRow,
): OrderState {
  const { records, hasLeftPlace } = taskAt(state, task);
  const sends = rules
    .followUpsOf(row, before)
    .flatMap((followUp): Send[] =>
      followUp.kind === 'send'
        ? [{ generation: followUp.generation, queue: followUp.queue, wakes: row.status === 'scheduled' }]
        : [],
    );
  const waits = row.status === 'waiting' && !(rules.holdsPlaceForFallback && row.attempt > 0);
  const isElsewhere = isEnded(row.status) || waits || row.status === 'scheduled';
  return withTask(state, task, {
    row: { ...row, history: row.history.slice(0, 1) },
    records: [...records, ...sends],
    hasLeftPlace: hasLeftPlace || isElsewhere,
  });
}

/** The state with a message sent, unless SQS has taken the same one a moment ago. */
export function sent(world: OrderWorld, state: OrderState, task: TaskIndex, send: Send): OrderState {
  const { row } = taskAt(state, task);
  if (row === undefined) return state;
  const inOrder = send.queue === 'ordered';
  const key = `${task}:${send.generation}`;
  const alike = state.messages.filter(
    (message) => message.task === task && message.generation === send.generation,
  );
  if ((inOrder && state.recent.includes(key)) || alike.length > 1) return state;
  const message = {
    ...send,
    task,
    group: inOrder ? world.rules.orderGroupOf(row) : '',
    isVisible: true,
    holder: NOBODY,
    receives: 0,
  };
  return {
    ...state,
    messages: [...state.messages, message],
    recent: inOrder ? [...state.recent, key].sort() : state.recent,
  };
}

/** What the start of a task's handler breaks. */
export function breachesOfStart(
  { configuration: { keys } }: OrderWorld,
  state: OrderState,
  task: TaskIndex,
): readonly OrderBreach[] {
  const breaches: OrderBreach[] = [];
  const first = taskAt(state, 0);
  if (taskAt(state, task).isBehind && !first.hasLeftPlace)
    breaches.push({ property: 'P1', what: `${nameOf(task)} starts while T1 is ${first.row?.status}` });
  state.tasks.forEach(({ row }, other) => {
    if (other === task || row === undefined || keys[other] !== keys[task] || !isLeased(row)) return;
    const what = `${nameOf(task)} starts while an attempt of ${nameOf(other)} lives`;
    breaches.push({ property: 'P2', what });
  });
  return breaches;
}
