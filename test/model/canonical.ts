import { applyRowWrite } from '../../core/row-write.ts';
import { isEnded } from '../../core/status.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { codeOf, executorKeyOf } from './encode.ts';
import type { Breach } from './properties.ts';
import {
  type Executor,
  isDone,
  LEASE_OF_NOBODY,
  leaseIdOf,
  type Message,
  NOBODY,
  NOW_MS,
  type Slot,
  type State,
  type TaskState,
  TICK_MS,
  UNDERTAKER,
} from './state.ts';
import { RETENTION_SECONDS, sendsOf, type World } from './world.ts';

/** A state in the one form that all states like it share, and what the folding itself has found broken. */
export interface Canonical {
  readonly state: State;
  readonly breaches: readonly Breach[];
}

/**
 * Folds away what makes no difference any more: messages, records and numbers of ended tasks (after asking the
 * rules whether really nothing can move them), the order of messages, and which executor has which slot.
 */
export function createCanonicaliser(world: World): (state: State) => Canonical {
  const asked = new Map<string, readonly Breach[]>();
  const breachesOf = (row: TaskRow): readonly Breach[] => {
    const key = `${row.status} ${row.generation} ${row.attempt} ${row.claimable_at}`;
    const known = asked.get(key) ?? breachesOfEnd(world, row);
    asked.set(key, known);
    return known;
  };
  return (state) => {
    const ended = state.tasks.filter(({ row }) => isEnded(row.status) && row.attempt > 0);
    const breaches = ended.flatMap(({ row }) => breachesOf(row));
    const tasks = state.tasks.map((task, index) => foldedTask(state, task, index));
    const isAlive = ({ task }: Message) => !isEnded(state.tasks[task]?.row.status ?? 'failed');
    const messages = state.messages.every(isAlive) ? state.messages : state.messages.filter(isAlive);
    return { state: inOrder(withoutIdle({ ...state, tasks, messages })), breaches };
  };
}

/** What a message of any generation, or the redo queue, could still do to an ended task. */
function breachesOfEnd({ rules }: World, row: TaskRow): readonly Breach[] {
  const nowMs = NOW_MS + 1_000_000 * TICK_MS;
  const generations = Array.from({ length: row.generation }, (_, index) => index + 1);
  const moves = generations.some((generation) => {
    const message = { task_id: row.task_id, generation, messageId: '', receiptHandle: '', receives: 1 };
    const claim = rules.claimWrite(message, { nowMs, leaseMs: TICK_MS, leaseId: 'a new lease' });
    const verdict = rules.judgeClaim(applyRowWrite(row, claim), message, 'a new lease', nowMs);
    const terms = { nowMs, retentionSeconds: RETENTION_SECONDS, receives: 1 };
    return verdict.kind === 'claimed' || rules.judgeDeadLetter(row, message, terms, []).kind === 'write';
  });
  if (!moves && sendsOf(rules.redoFollowUps(row)).length === 0) return [];
  return [{ property: 'S3', what: `a message can still move a task that is ${row.status}` }];
}

function foldedTask(state: State, task: TaskState, index: number): TaskState {
  const { row } = task;
  if (row.status === 'processing') return task;
  if (!isEnded(row.status))
    return row.lease_id === LEASE_OF_NOBODY && !task.struck
      ? task
      : { ...task, row: { ...row, lease_id: LEASE_OF_NOBODY }, struck: false };

  const parts = state.executors.flatMap((executor) => executor?.[index] ?? []);
  const isLookedAt = parts.some(({ phase }) => phase !== 'done') || state.burial?.task === index;
  return {
    row: isLookedAt ? { ...row, lease_id: LEASE_OF_NOBODY } : withoutNumbers(row),
    results: isLookedAt ? task.results : [],
    records: [],
    redo: false,
    expressPending: false,
    struck: false,
  };
}

function withoutNumbers(row: TaskRow): TaskRow {
  const { counted: _counted, result_attempt: _result, ...kept } = row;
  return { ...kept, lease_id: LEASE_OF_NOBODY, version: 1, attempt: 0, generation: 1, failures: 0 };
}

/** An invocation that has only ended tasks behind it has nothing more to do. */
function withoutIdle(state: State): State {
  const isIdle = (executor: State['executors'][number]) =>
    executor !== undefined &&
    isDone(executor) &&
    executor.every((part, task) => part === undefined || isEnded(state.tasks[task]?.row.status ?? 'failed'));
  if (!state.executors.some(isIdle)) return state;
  return {
    ...state,
    executors: state.executors.map((executor) => (isIdle(executor) ? undefined : executor)),
  };
}

function inOrder(state: State): State {
  const renamed = slotsInOrder(state);
  const messages = [...renamed.messages].sort((a, b) => codeOf(a) - codeOf(b));
  return { ...renamed, messages };
}

/** Executors differ by what they do and hold, not by their slot. */
function slotsInOrder(state: State): State {
  const [first, second] = state.executors;
  if (second === undefined) return state;
  if (first !== undefined && executorOrder(state, first, 1) <= executorOrder(state, second, 2)) return state;
  const other = (slot: Slot): Slot => (slot === NOBODY || slot === UNDERTAKER ? slot : 3 - slot);
  const rename = (row: TaskRow): TaskRow => {
    const slot = [1, 2].find((one) => row.lease_id === leaseIdOf(one));
    return slot === undefined ? row : { ...row, lease_id: leaseIdOf(other(slot)) };
  };
  return {
    ...state,
    tasks: state.tasks.map((task) => ({ ...task, row: rename(task.row) })),
    messages: state.messages.map((message) => ({
      ...message,
      holder: other(message.holder),
      oldHolders: ((message.oldHolders & 2) << 1) | ((message.oldHolders & 4) >> 1),
    })),
    executors: [...state.executors].reverse(),
  };
}

/** A text that sorts executors. */
function executorOrder(state: State, executor: Executor, slot: Slot): string {
  const held = state.messages
    .filter(({ holder, oldHolders }) => holder === slot || (oldHolders & (1 << slot)) !== 0)
    .map((message) =>
      codeOf({
        ...message,
        holder: message.holder === slot ? 1 : 0,
        oldHolders: message.oldHolders === 0 ? 0 : 2,
      }),
    )
    .sort((a, b) => a - b);
  const leases = state.tasks.map(({ row }) => Number(row.lease_id === leaseIdOf(slot)));
  return `${executorKeyOf(executor)}|${leases.join('')}|${held.join(' ')}`;
}
