import { acceptTask } from '../../core/accept-task.ts';
import type { AttemptResult } from '../../core/attempt-result.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../../core/retry.ts';
import { applyRowWrite, type RowWrite, type WriteOutcome } from '../../core/row-write.ts';
import { isEnded } from '../../core/status.ts';
import type { Submission } from '../../core/submission.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { Configuration } from './configurations/configure.ts';
import { rowLater } from './later.ts';
import { type Breach, breachesOfWrite } from './properties.ts';
import type { Rules } from './rules.ts';
import {
  LEASE_OF_NOBODY,
  NOBODY,
  NOW_MS,
  type Part,
  type Send,
  type Slot,
  type State,
  type TaskState,
  TICK_MS,
  TICK_SECONDS,
  taskAt,
  USER,
  type Writer,
  withMessage,
  withTask,
} from './state.ts';

/** What is explored, by whose decisions. */
export interface World {
  readonly configuration: Configuration;
  readonly rules: Rules;
}

/** A step that may happen, told to the search. `fault`: nothing may count on it. */
export type Emit = (label: string, next: State, options?: StepOptions) => void;
export interface StepOptions {
  readonly fault?: boolean;
  readonly breaches?: readonly Breach[];
}

/** How long ended tasks are kept; the explorer never lets it pass. */
export const RETENTION_SECONDS = 86_400;

/** The failure of every handler that fails. */
export const HANDLER_FAILURE = failure('handler_error', 'the handler failed', true);

/** The moment as many ticks ahead. */
export function momentIn(ticks: number): number {
  return NOW_MS + ticks * TICK_MS;
}

export function leaseMsOf({ configuration }: World): number {
  return configuration.leaseTicks * TICK_MS;
}

export function retryPolicyOf({ configuration }: World): RetryPolicy {
  return {
    ...DEFAULT_RETRY,
    max_attempts: configuration.maxAttempts,
    initial_delay_seconds: configuration.retryTicks * TICK_SECONDS,
    max_delay_seconds: configuration.retryTicks * TICK_SECONDS,
    jitter: 'none',
  };
}

/** What an attempt stores. */
export function resultOf(row: TaskRow, succeeded: boolean): AttemptResult {
  return {
    task_id: row.task_id,
    attempt: row.attempt,
    succeeded,
    ...(succeeded ? { output: 'null' } : { error: HANDLER_FAILURE }),
    started_at: NOW_MS,
    ended_at: NOW_MS,
    usage: { cpu_ms: 1, max_memory_mb: 1 },
    expires_at: NOW_MS / 1000 + RETENTION_SECONDS,
  };
}

export function sendsOf(followUps: ReturnType<Rules['followUpsOf']>): readonly Send[] {
  return followUps.filter((followUp) => followUp.kind === 'send');
}

/** The task's name in a trace: nothing where there is but one. */
export function nameOf(state: State, task: number): string {
  return state.tasks.length === 1 ? '' : ` [task ${'AB'.charAt(task)}]`;
}

export interface Written {
  readonly state: State;
  readonly outcome: WriteOutcome;
  readonly breaches: readonly Breach[];
}

/** Runs a conditional write as the table does: the row, the stream's record of it, and what it has broken. */
export function writeRow(
  { rules }: World,
  state: State,
  task: number,
  write: RowWrite,
  writer: Writer,
): Written {
  const before = taskAt(state, task);
  const outcome = applyRowWrite(before.row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) return { state, outcome, breaches: [] };
  const records = [...before.records, ...sendsOf(rules.followUpsOf(outcome.row, before.row))];
  const isClaim = outcome.row.attempt !== before.row.attempt;
  const after = {
    row: trimmed(outcome.row, before.row),
    records,
    struck: isClaim ? false : before.struck,
    crashed: crashedAfter(before, outcome.row, writer),
  };
  return {
    state: withTask(
      isDueAnew(
        isRestart(before.row, outcome.row, writer) ? restarted(state, task) : state,
        task,
        outcome.row,
      ),
      task,
      after,
    ),
    outcome,
    breaches: breachesOfWrite(before, outcome.row, after.crashed, writer),
  };
}

/** How many attempts of this life have lost the row, told by what happened and not by the row's numbers. */
function crashedAfter({ row, struck, crashed }: TaskState, after: TaskRow, writer: Writer): number {
  if (row.status === 'failed' && after.status === 'queued') return 0;
  const isTaken = row.status === 'processing' && after.attempt !== row.attempt && struck;
  return isTaken || isRestart(row, after, writer) ? crashed + 1 : crashed;
}

function isRestart(row: TaskRow, after: TaskRow, writer: Writer): boolean {
  return writer === USER && row.status === 'processing' && after.status === 'queued';
}

/** Who has claimed the row and not yet started is told of a restart only by its first heartbeat. */
function restarted(state: State, task: number): State {
  const told = (part: Part | undefined, index: number): Part | undefined =>
    index === task && (part?.phase === 'looking' || part?.phase === 'starting')
      ? { ...part, restarted: true }
      : part;
  return { ...state, executors: state.executors.map((executor) => executor?.map(told)) };
}

/** What no decision reads is left out, so that rows that decide alike are alike. */
function trimmed(row: TaskRow, before: TaskRow): TaskRow {
  const { error: _error, expires_at: _expires, failed_in: _failedIn, timer_in: _timerIn, ...rest } = row;
  const { scheduled_at: _scheduledAt, ...kept } = rest;
  return { ...kept, history: before.history };
}

/** Whoever acts by when the row was claimable will find that changed. */
function isDueAnew(state: State, task: number, after: TaskRow): State {
  if (taskAt(state, task).row.claimable_at === after.claimable_at) return state;
  const touched = (part: Part | undefined, index: number): Part | undefined =>
    index === task && part?.phase === 'claim_unanswered' ? { ...part, claimableThen: false } : part;
  const burial =
    state.burial?.task === task && state.burial.claimableAsRead
      ? { ...state.burial, claimableAsRead: false }
      : state.burial;
  return { ...state, executors: state.executors.map((executor) => executor?.map(touched)), burial };
}

/** Frees a slot: nobody holds its messages and leases any more. */
export function release(state: State, slot: Slot): State {
  const bit = 1 << slot;
  const freeRow = (row: TaskRow): TaskRow =>
    row.lease_id === `lease of executor ${slot}` ? { ...row, lease_id: LEASE_OF_NOBODY } : row;
  return {
    ...state,
    tasks: state.tasks.map((task) => ({ ...task, row: freeRow(task.row) })),
    messages: state.messages.map((message) => ({
      ...message,
      holder: message.holder === slot ? NOBODY : message.holder,
      oldHolders: message.oldHolders & ~bit,
    })),
    executors: state.executors.map((executor, at) => (at === slot - 1 ? undefined : executor)),
  };
}

/** The state just after the API has put the rows. */
export function initialState(world: World): State {
  const { configuration, rules } = world;
  const tasks = Array.from({ length: configuration.tasks }, (_, index): TaskState => {
    const { row } = acceptTask(submissionOf(configuration), {
      taskId: `task-${'AB'.charAt(index)}`,
      tenant: 'tenant',
      nowMs: NOW_MS,
      shard: 0,
    });
    return {
      row: trimmed(row, { ...row, history: [] }),
      results: [],
      records: sendsOf(rules.followUpsOf(row)),
      redo: false,
      expressPending: rules.isExpress(row),
      struck: false,
      crashed: 0,
    };
  });
  const state: State = {
    tasks,
    messages: [],
    executors: Array.from({ length: configuration.executors }, () => undefined),
    burial: undefined,
    lateWrites: [],
    budget: configuration.budget,
  };
  return configuration.crashedBefore === 0 ? state : crashed(world, state);
}

function submissionOf({ express, fallback, scheduledTicks, deadlineTicks }: Configuration): Submission {
  return {
    type: 'echo',
    payload: null,
    ...(express ? { priority: 1 } : {}),
    ...(fallback ? { fallback: { value: null } } : {}),
    ...(scheduledTicks === undefined ? {} : { scheduled_at: momentIn(scheduledTicks) }),
    ...(deadlineTicks === undefined ? {} : { deadline: momentIn(deadlineTicks) }),
  };
}

/** The state after attempts that left no trace but their claims: the message is in the lane, the lease over. */
function crashed(world: World, state: State): State {
  const { generation, task_id } = taskAt(state, 0).row;
  let next = withMessage(withTask(state, 0, { records: [] }), { task: 0, generation });
  for (let crash = 0; crash < world.configuration.crashedBefore; crash += 1) {
    const terms = { nowMs: NOW_MS, leaseMs: TICK_MS, leaseId: LEASE_OF_NOBODY };
    next = writeRow(world, next, 0, world.rules.claimWrite({ task_id, generation }, terms), NOBODY).state;
    const { row } = taskAt(next, 0);
    next = withTask(next, 0, { row: rowLater(row, 1), struck: true });
  }
  return next;
}

export function isOver(state: State): boolean {
  return state.tasks.every(({ row }) => isEnded(row.status));
}
