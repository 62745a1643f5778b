import type { AttemptResult } from '../../core/attempt-result.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { isEnded } from '../../core/status.ts';
import { lifeOf, type TaskRow } from '../../core/task-row.ts';
import { codeOf, codeOfLateWrite, executorKeyOf } from './encode.ts';
import type { Breach } from './properties.ts';
import {
  type Executor,
  isDone,
  type LateWrite,
  LEASE_OF_NOBODY,
  leaseIdOf,
  type Message,
  NOBODY,
  NOW_MS,
  type Slot,
  type State,
  type TaskState,
  TICK_MS,
  TIMERS,
  taskAt,
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
    const key = `${row.status} ${row.generation} ${row.attempt} ${row.claimable_at} ${row.timer_at}`;
    const known = asked.get(key) ?? breachesOfEnd(world, row);
    asked.set(key, known);
    return known;
  };
  const { changes } = world.configuration;
  const livesOn = changes.includes('retry') || changes.includes('cancel');
  return (state) => {
    const isOver = ({ row }: Pick<TaskState, 'row'>) =>
      isEnded(row.status) && !(row.status === 'failed' && livesOn && state.budget.changes > 0);
    const ended = state.tasks.filter(({ row }) => isEnded(row.status) && row.generation > 0);
    const breaches = [
      ...ended.flatMap(({ row }) => breachesOf(row)),
      ...state.lateWrites.flatMap((late) => breachesOfLateWrite(state, late)),
    ];
    const tasks = state.tasks.map((task, index) =>
      isOver(task) ? foldedEnd(state, task, index) : foldedTask(state, task, index),
    );
    const over = tasks.map(isOver);
    const isAlive = ({ task }: Pick<Message, 'task'>) => over[task] !== true;
    const messages = state.messages.every(isAlive) ? state.messages : state.messages.filter(isAlive);
    const lateWrites = state.lateWrites.filter((late) => isAlive(late) && !isTooLate(state, late));
    return { state: inOrder(withoutIdle({ ...state, tasks, messages, lateWrites }, over)), breaches };
  };
}

/** A write by a version that the row no longer has is refused for ever. */
function isTooLate(state: State, { task, write }: LateWrite): boolean {
  const { version } = taskAt(state, task).row;
  return write.expect.some((one) => one.attribute === 'version' && one.equals !== version);
}

/** What a late write could still do to an ended task. */
function breachesOfLateWrite(state: State, { task, by, write }: LateWrite): readonly Breach[] {
  const { row } = taskAt(state, task);
  const isOver = isEnded(row.status) && (by === TIMERS || row.status !== 'failed');
  if (!isOver || applyRowWrite(row, write).kind === 'refused') return [];
  return [{ property: 'S3', what: `a late write can still change a task that is ${row.status}` }];
}

/** What a message of any generation, the redo queue or the timers could still do to an ended task. */
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
  const swept = rules.sweepWrite(row, { nowMs, retentionSeconds: RETENTION_SECONDS });
  if (!moves && swept === undefined && sendsOf(rules.redoFollowUps(row)).length === 0) return [];
  return [{ property: 'S3', what: `a message or a timer can still move a task that is ${row.status}` }];
}

function foldedTask(state: State, task: TaskState, index: number): TaskState {
  const { row } = task;
  const kept = row.life === undefined || isAboutToRead(state, index) ? task : withoutFormerLives(task);
  if (row.status === 'processing' || (row.lease_id === LEASE_OF_NOBODY && !task.struck)) return kept;
  return { ...kept, row: { ...row, lease_id: LEASE_OF_NOBODY }, struck: false };
}

/** Whether somebody will read the results, perhaps for a row of a former life. */
function isAboutToRead(state: State, task: number): boolean {
  return (
    state.burial?.task === task || state.executors.some((executor) => executor?.[task]?.phase === 'looking')
  );
}

/** What attempts of former lives have stored is not read again, but for errors that nobody has counted. */
function withoutFormerLives(task: TaskState): TaskState {
  const { row } = task;
  const isRead = ({ attempt, succeeded }: AttemptResult) =>
    attempt > lifeOf(row).attempt || (!succeeded && attempt > (row.counted ?? 0));
  const results = task.results.filter(isRead);
  return results.length === task.results.length ? task : { ...task, results };
}

/** A task that nothing can move any more. */
function foldedEnd(state: State, task: TaskState, index: number): TaskState {
  const { row } = task;
  const parts = state.executors.flatMap((executor) => executor?.[index] ?? []);
  const isLookedAt = parts.some(({ phase }) => phase !== 'done') || state.burial?.task === index;
  return {
    row: isLookedAt ? { ...row, lease_id: LEASE_OF_NOBODY } : withoutNumbers(row),
    results: isLookedAt ? task.results : [],
    records: [],
    redo: false,
    expressPending: false,
    struck: false,
    crashed: isLookedAt ? task.crashed : 0,
  };
}

/** Of an ended row that nobody has in hand only the state is left. Generation 0: it has been asked about. */
function withoutNumbers({
  task_id,
  type,
  tenant,
  status,
  claimable_at,
  listed_in,
  listed_at,
}: TaskRow): TaskRow {
  return {
    task_id,
    type,
    tenant,
    status,
    claimable_at,
    listed_in,
    listed_at,
    lease_id: LEASE_OF_NOBODY,
    version: 1,
    attempt: 0,
    generation: 0,
    failures: 0,
    released: 0,
    history: [],
  };
}

/** An invocation that has only ended tasks behind it has nothing more to do. */
function withoutIdle(state: State, over: readonly boolean[]): State {
  const isIdle = (executor: State['executors'][number]) =>
    executor !== undefined &&
    isDone(executor) &&
    executor.every((part, task) => part === undefined || over[task] === true);
  if (!state.executors.some(isIdle)) return state;
  return {
    ...state,
    executors: state.executors.map((executor) => (isIdle(executor) ? undefined : executor)),
  };
}

function inOrder(state: State): State {
  const renamed = slotsInOrder(state);
  const messages = [...renamed.messages].sort((a, b) => codeOf(a) - codeOf(b));
  if (renamed.lateWrites.length < 2) return { ...renamed, messages };
  const code = (late: LateWrite) => codeOfLateWrite(late, taskAt(renamed, late.task).row);
  return { ...renamed, messages, lateWrites: [...renamed.lateWrites].sort((a, b) => code(a) - code(b)) };
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
