import type { AttemptOutcome } from '../../core/finish.ts';
import { TASK_STATUSES } from '../../core/status.ts';
import { NEVER, type TaskRow } from '../../core/task-row.ts';
import type { Fate } from '../../core/usecases/message-fate.ts';
import { isTime } from './later.ts';
import {
  type Burial,
  type Executor,
  type LateWrite,
  leaseIdOf,
  type Message,
  type Part,
  type State,
  type TaskState,
  taskAt,
  ticksOf,
  ticksUntil,
} from './state.ts';

const PHASES = [
  'received',
  'claim_unanswered',
  'looking',
  'starting',
  'running',
  'storing',
  'finishing',
  'finish_unanswered',
  'done',
] as const;
const OUTCOMES = ['succeeded', 'failed', 'ended', 'cancelled', 'released'] as const;
const FATES = ['acknowledge', 'put_back', 'report'] as const;
const NOTHING = 255;

/**
 * A state as a text of one byte a character: the same text for the same state. What no decision reads has no
 * place in it. Slots and messages must be in their order (canonical.ts).
 */
export function keyOf(state: State): string {
  const { budget, tasks, messages, executors, burial } = state;
  const bytes: number[] = [
    budget.deaths * 16 + budget.stalls,
    budget.duplicates * 16 + budget.lostAnswers,
    budget.failingRecords * 16 + budget.openCircuits,
    budget.changes,
  ];
  for (const task of tasks) pushTask(bytes, task);
  bytes.push(messages.length);
  for (const message of messages) {
    const code = codeOf(message);
    bytes.push(code & 255, (code >> 8) & 255, (code >> 16) & 255);
  }
  for (const executor of executors) pushExecutor(bytes, executor);
  pushBurial(bytes, burial);
  for (const late of state.lateWrites) {
    const code = codeOfLateWrite(late, taskAt(state, late.task).row);
    bytes.push(code & 255, code >> 8);
  }
  return textOf(bytes);
}

/** A message as one number, by which messages are sorted. */
export function codeOf({ task, generation, visibleIn, receives, dead, holder, oldHolders }: Message): number {
  return (
    (((((task * 16 + generation) * 64 + visibleIn) * 8 + receives) * 2 + Number(dead)) * 4 + holder) * 4 +
    oldHolders / 2
  );
}

/** What an executor is at, whichever slot it has. */
export function executorKeyOf(executor: Executor | undefined): string {
  const bytes: number[] = [];
  pushExecutor(bytes, executor);
  return textOf(bytes);
}

function textOf(bytes: number[]): string {
  return String.fromCharCode(...bytes);
}

function pushTask(bytes: number[], task: TaskState): void {
  const { row, results, records, redo, expressPending, struck, crashed } = task;
  pushRow(bytes, row);
  bytes.push(row.lease_id === leaseIdOf(1) ? 1 : row.lease_id === leaseIdOf(2) ? 2 : 0);
  bytes.push(Number(redo) + 2 * Number(expressPending) + 4 * Number(struck) + 8 * crashed);
  bytes.push(results.length, ...results.map(({ attempt, succeeded }) => 2 * attempt + Number(succeeded)));
  bytes.push(records.length);
  for (const { generation, dueAtMs, express } of records)
    bytes.push(2 * generation + Number(express), ticksUntil(dueAtMs));
}

function pushRow(bytes: number[], row: TaskRow): void {
  const { life, timer_at, deadline } = row;
  bytes.push(
    TASK_STATUSES.indexOf(row.status) +
      8 * Number(row.cancel_requested === true) +
      16 * Number(row.solo === true) +
      32 * Number(life !== undefined) +
      64 * Number(timer_at !== undefined) +
      128 * Number(deadline !== undefined),
    row.attempt,
    row.generation,
    row.failures,
    row.released,
    ticksOfTime(row.claimable_at),
    row.counted ?? NOTHING,
  );
  if (life !== undefined) bytes.push(life.attempt, life.failures, life.released);
  if (timer_at !== undefined) bytes.push(2 * ticksUntil(timer_at) + Number(timer_at <= row.claimable_at));
  if (deadline !== undefined) bytes.push(ticksUntil(deadline));
}

function ticksOfTime(atMs: number): number {
  return atMs === NEVER ? NOTHING : ticksUntil(atMs);
}

function pushExecutor(bytes: number[], executor: Executor | undefined): void {
  if (executor === undefined) return void bytes.push(NOTHING);
  for (const part of executor) {
    if (part === undefined) bytes.push(NOTHING - 1);
    else pushPart(bytes, part);
  }
}

function pushPart(bytes: number[], part: Part): void {
  bytes.push(PHASES.indexOf(part.phase));
  if ('row' in part) pushRow(bytes, part.row);
  switch (part.phase) {
    case 'received':
      return void bytes.push(part.generation);
    case 'claim_unanswered':
      return void bytes.push(part.generation, part.claimAge, Number(part.claimableThen));
    case 'looking':
    case 'starting':
      return void bytes.push(
        part.claimAge,
        Number(part.before.success) + 2 * Number(part.before.uncountedError) + 4 * Number(part.restarted),
      );
    case 'running':
      return void bytes.push(Number(part.looked));
    case 'storing':
    case 'finishing':
    case 'finish_unanswered':
      return void bytes.push(OUTCOMES.indexOf(part.outcome.kind), namedBy(part.outcome));
    case 'done':
      return void bytes.push(FATES.indexOf(part.fate.kind), delayOf(part.fate));
  }
}

function namedBy(outcome: AttemptOutcome): number {
  if (outcome.kind === 'succeeded') return outcome.resultAttempt;
  return outcome.kind === 'released' && outcome.reason === 'circuit' ? ticksUntil(outcome.dueAtMs) : NOTHING;
}

function delayOf(fate: Fate): number {
  return fate.kind === 'put_back' ? ticksOf(fate.delaySeconds) : 0;
}

function pushBurial(bytes: number[], burial: Burial | undefined): void {
  if (burial === undefined) return void bytes.push(NOTHING);
  bytes.push(burial.task, burial.generation, Number(burial.claimableAsRead));
  pushRow(bytes, burial.row);
  bytes.push(burial.results?.length ?? NOTHING);
  for (const { attempt, succeeded } of burial.results ?? []) bytes.push(2 * attempt + Number(succeeded));
}

/** Every late write that was seen, by what tells it apart: there are few, and their text is long. */
const lateWriteCodes = new Map<string, number>();

/** A late write as a number below 65,536; a `version` as it was read counts only as being still the row's. */
export function codeOfLateWrite({ task, by, write, sends }: LateWrite, row: TaskRow): number {
  const expect = write.expect.map((one) => {
    if (!('equals' in one)) return [one.attribute, 'oneOf' in one ? one.oneOf : 0];
    if (one.attribute === 'version') return ['version', one.equals === row.version];
    return isTime(one.attribute)
      ? [one.attribute, ticksOfTime(one.equals), one.equals === row[one.attribute]]
      : [one.attribute, one.equals];
  });
  const set = Object.entries(write.set).map(([name, value]) =>
    isTime(name) ? [name, ticksOfTime(Number(value))] : [name, name === 'error' ? 0 : value],
  );
  const sent = sends.map(({ generation, dueAtMs }) => [generation, ticksUntil(dueAtMs)]);
  const text = JSON.stringify([task, by, expect, set, write.increment, write.remove, sent]);
  const code = lateWriteCodes.get(text) ?? lateWriteCodes.size;
  lateWriteCodes.set(text, code);
  return code;
}
