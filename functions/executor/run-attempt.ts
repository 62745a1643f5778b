import * as z from 'zod';
import type { AttemptResult, AttemptUsage } from '../../core/attempt-result.ts';
import { failuresWith } from '../../core/finish.ts';
import { isoTime } from '../../core/iso-time.ts';
import type { Clock, TaskStore } from '../../core/ports.ts';
import { cacheEntryOf } from '../../core/result-cache.ts';
import { TaskError } from '../../core/task-error.ts';
import { failureOf } from '../../core/task-failure.ts';
import { priorityOf, type TaskRow } from '../../core/task-row.ts';
import { retryPolicyOf, timeoutSecondsOf } from '../../core/task-view.ts';
import { createdAtMs } from '../../core/time-index.ts';
import type { AttemptRun } from '../../core/usecases/execute-batch.ts';
import type { TaskDefinition } from '../tasks/define-task.ts';
import { GO_ON, type RunningTask, type TaskContext, type TaskLog } from '../tasks/task-context.ts';
import type { TaskMemory } from '../tasks/task-memory.ts';
import { DeadlinePassed, startEnd } from './attempt-end.ts';
import { AttemptNotes } from './attempt-notes.ts';
import { checkpointOf } from './checkpoint-of.ts';
import { type DebugDeps, DebugRecorder } from './debug-recorder.ts';
import { decideOnError } from './decide-on-error.ts';
import { outputText } from './output-text.ts';
import { payloadValue } from './payload-value.ts';
import { ProgressReporter } from './progress-reporter.ts';

export interface RunAttemptDeps {
  readonly findTaskType: (type: string) => TaskDefinition | undefined;
  readonly tasks: Pick<TaskStore, 'write'>;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly startUsage: () => () => AttemptUsage;
  readonly logOf: (row: TaskRow) => TaskLog;
  readonly memoryOf: (agentId: string | undefined) => TaskMemory;
  readonly retentionSeconds: number;
  readonly debug: Omit<DebugDeps, 'clock'>;
  /** When Lambda ends the invocation that the attempt runs in. @default never */
  readonly invocationEndsAtMs?: number | undefined;
}

/** One attempt, as it is recorded. */
interface Attempt {
  readonly row: TaskRow;
  readonly log: TaskLog;
  readonly notes: AttemptNotes;
  readonly debug: DebugRecorder | undefined;
}

/** What a handler is run with. */
interface Prepared {
  readonly definition: TaskDefinition;
  /** The payload as it is stored, and as the type's schema makes it. */
  readonly stored: unknown;
  readonly payload: unknown;
}

/**
 * Runs the handler of a claimed task to its end, its time-out or its deadline; never throws. When `stop` aborts,
 * the handler is told: a cancelled task then leaves no result, unless its handler has succeeded all the same, and
 * an attempt whose lease was lost leaves nothing at all.
 */
export async function runAttempt(
  deps: RunAttemptDeps,
  row: TaskRow,
  payloadText: string | undefined,
  stop: AbortSignal,
): Promise<AttemptRun | undefined> {
  const startedAtMs = deps.clock.nowMs();
  const log = deps.logOf(row);
  const debug = row.debug
    ? new DebugRecorder({ ...deps.debug, clock: deps.clock }, row, payloadText)
    : undefined;
  const attempt: Attempt = { row, log, debug, notes: new AttemptNotes(deps.clock, log) };
  const endUsage = deps.startUsage();
  const prepared = await settle(async () => prepare(deps, row, payloadText));
  const settled =
    'thrown' in prepared ? prepared : await settle(() => runHandler(deps, attempt, prepared.value, stop));
  const endedAtMs = deps.clock.nowMs();
  attempt.notes.over();
  const usage = { ...endUsage(), ...attempt.notes.usage() };
  if (stop.aborted && stop.reason === 'lease_lost') return undefined;
  if (stop.aborted && 'thrown' in settled) return { outcome: { kind: 'cancelled' } };
  if ('thrown' in settled && settled.thrown === GO_ON)
    return { outcome: { kind: 'released', reason: 'goes on' } };
  const { outcome, ...left } =
    'value' in settled
      ? succeededWith(row, settled.value)
      : await failedWith(row, 'value' in prepared ? prepared.value : undefined, settled.thrown);
  const result: AttemptResult = {
    task_id: row.task_id,
    attempt: row.attempt,
    started_at: startedAtMs,
    ended_at: endedAtMs,
    usage,
    expires_at: Math.ceil(endedAtMs / 1000) + deps.retentionSeconds,
    ...left,
    ...(debug === undefined
      ? {}
      : { debug: debug.report({ stages: attempt.notes.times(), output: left.output, log }) }),
  };
  const cacheEntry = 'value' in prepared ? cacheEntryFor(attempt, result, prepared.value) : undefined;
  return { result, outcome, ...(cacheEntry === undefined ? {} : { cacheEntry }) };
}

type Settled<T> = { readonly value: T } | { readonly thrown: unknown };

async function settle<T>(run: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await run() };
  } catch (thrown) {
    return { thrown };
  }
}

/** What an attempt leaves, and what that means for its task. */
type Left = Pick<AttemptRun, 'outcome'> & Pick<AttemptResult, 'succeeded' | 'output' | 'error' | 'decision'>;

function succeededWith(row: TaskRow, output: string): Left {
  return { outcome: { kind: 'succeeded', resultAttempt: row.attempt }, succeeded: true, output };
}

/** `prepared` is undefined where the handler was not run: its type then has no say in it. */
async function failedWith(row: TaskRow, prepared: Prepared | undefined, thrown: unknown): Promise<Left> {
  const original = failureOf(thrown);
  if (thrown instanceof DeadlinePassed)
    return { outcome: { kind: 'ended', failure: original }, succeeded: false, error: original };
  const retryAfterSeconds = thrown instanceof TaskError ? thrown.retryAfterSeconds : undefined;
  const { failure, decision, output } =
    prepared === undefined
      ? { failure: original }
      : await decideOnError(prepared.definition, thrown, {
          task: runningTaskOf(row, prepared.definition),
          attempt: row.attempt,
          failures: failuresWith(row),
          policy: retryPolicyOf(row, prepared.definition),
          failure: original,
        });
  const decided = decision === undefined ? {} : { decision };
  return {
    outcome: {
      kind: 'failed',
      failure,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...decided,
    },
    succeeded: false,
    error: failure,
    ...(output === undefined ? {} : { output }),
    ...decided,
  };
}

/** Where a success may serve equal tasks; an output that owes something to a fallback may not. */
function cacheEntryFor({ row, notes }: Attempt, result: AttemptResult, prepared: Prepared) {
  if (!result.succeeded || notes.usedFallback()) return undefined;
  const { definition, stored } = prepared;
  return cacheEntryOf(row, result, { version: definition.version ?? 1, payload: stored });
}

/** The output's JSON text. Throws GO_ON for a task that goes on. */
async function runHandler(
  deps: RunAttemptDeps,
  { row, log, notes, debug }: Attempt,
  { definition, payload }: Prepared,
  stop: AbortSignal,
): Promise<string> {
  const progress = new ProgressReporter(deps.tasks, row);
  const bounds = {
    timeoutSeconds: timeoutSecondsOf(row, definition),
    deadlineMs: row.deadline,
    invocationEndsAtMs: deps.invocationEndsAtMs,
  };
  const end = startEnd(row, bounds, deps.clock.nowMs(), stop);
  let task: RunningTask | undefined;
  const context: TaskContext<unknown> = {
    payload,
    log,
    progress: (percent, message) => progress.report(percent, message),
    metric: (name, value) => notes.count(name, value),
    // Built for a handler that asks for it; the others pay nothing.
    get task() {
      task ??= runningTaskOf(row, definition);
      return task;
    },
    get signal() {
      return end.signal;
    },
    get memory() {
      return deps.memoryOf(row.agent_id);
    },
    get checkpoint() {
      return checkpointOf(deps.tasks, row);
    },
  };
  debug?.handlerStarts();
  try {
    const run = async () => await definition.run(context, notes);
    const output = await Promise.race([run(), end.reached]);
    if (output === GO_ON) throw GO_ON;
    return outputText(output);
  } finally {
    debug?.handlerEnded();
    progress.end();
    end.over();
  }
}

/** Throws a TaskError that is not retried where there is nothing to run, or nothing to run it with. */
function prepare(deps: RunAttemptDeps, row: TaskRow, payloadText: string | undefined): Prepared {
  const definition = deps.findTaskType(row.type);
  if (definition === undefined) {
    throw new TaskError('unknown_type', `this deployment has no task type "${row.type}"`, {
      retryable: false,
    });
  }
  return { definition, ...parsePayload(definition, row, payloadText) };
}

/** Stored tasks outlive code: the payload is parsed by the schema of today. */
function parsePayload(
  definition: TaskDefinition,
  row: TaskRow,
  payloadText: string | undefined,
): Pick<Prepared, 'stored' | 'payload'> {
  if (payloadText === undefined) {
    const text = `the stored payload of ${row.task_id} is gone; submit the task again`;
    throw new TaskError('payload_lost', text, { retryable: false });
  }
  const stored: unknown = payloadValue(row, payloadText);
  const parsed = z.safeParse(definition.input, stored);
  if (parsed.success) return { stored, payload: parsed.data };
  const issues = parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
  const text = `the payload does not fit type "${row.type}" any more: ${issues.join('; ')}`;
  throw new TaskError('validation_failed', text, { retryable: false });
}

function runningTaskOf(row: TaskRow, definition: TaskDefinition): RunningTask {
  return {
    task_id: row.task_id,
    type: row.type,
    name: row.name ?? '',
    priority: priorityOf(row),
    agent_id: row.agent_id ?? null,
    attempt: row.attempt,
    created_at: isoTime(createdAtMs(row)),
    timeout_seconds: timeoutSecondsOf(row, definition),
    metadata: row.metadata ?? {},
    tags: row.tags ?? [],
  };
}
