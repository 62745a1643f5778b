import * as z from 'zod';
import type { AttemptResult, AttemptUsage } from '../../core/attempt-result.ts';
import { LIMITS } from '../../core/contract/limits.ts';
import { deadlineExceeded } from '../../core/deadline.ts';
import type { AttemptOutcome } from '../../core/finish.ts';
import { isoTime } from '../../core/iso-time.ts';
import type { Clock, TaskStore } from '../../core/ports.ts';
import { createdAtMs } from '../../core/submission.ts';
import { TaskError } from '../../core/task-error.ts';
import { failureOf } from '../../core/task-failure.ts';
import { priorityOf, type TaskRow } from '../../core/task-row.ts';
import { timeoutSecondsOf } from '../../core/task-view.ts';
import type { AttemptRun } from '../../core/usecases/execute-batch.ts';
import type { RunningTask, TaskDefinition, TaskLog } from '../tasks/define-task.ts';
import type { TaskMemory } from '../tasks/task-memory.ts';
import { payloadValue } from './payload-value.ts';
import { ProgressReporter } from './progress-reporter.ts';

export interface RunAttemptDeps {
  readonly findTaskType: (type: string) => TaskDefinition | undefined;
  readonly tasks: Pick<TaskStore, 'write'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly startUsage: () => () => AttemptUsage;
  readonly logOf: (row: TaskRow) => TaskLog;
  readonly memoryOf: (agentId: string | undefined) => TaskMemory;
  readonly retentionSeconds: number;
}

/** Bytes of an output's JSON that are stored, as of a payload's (api.md, Limits). */
export const MAX_OUTPUT_BYTES = LIMITS.largeValueBytes;

/** Milliseconds that a handler has, once told to stop, before its attempt ends without it. */
const STOP_GRACE_MS = 1000;

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
  const endUsage = deps.startUsage();
  const settled = await settle(() => runHandler(deps, row, payloadText, stop));
  const endedAtMs = deps.clock.nowMs();
  if (stop.aborted && stop.reason === 'lease_lost') return undefined;
  if (stop.aborted && 'thrown' in settled) return { outcome: { kind: 'cancelled' } };
  const result: AttemptResult = {
    task_id: row.task_id,
    attempt: row.attempt,
    started_at: startedAtMs,
    ended_at: endedAtMs,
    usage: endUsage(),
    expires_at: Math.ceil(endedAtMs / 1000) + deps.retentionSeconds,
    ...('output' in settled
      ? { succeeded: true, output: settled.output }
      : { succeeded: false, error: failureOf(settled.thrown) }),
  };
  return { result, outcome: outcomeOf(row, settled) };
}

type Settled = { readonly output: string } | { readonly thrown: unknown };

async function settle(run: () => Promise<string>): Promise<Settled> {
  try {
    return { output: await run() };
  } catch (thrown) {
    return { thrown };
  }
}

function outcomeOf(row: TaskRow, settled: Settled): AttemptOutcome {
  if ('output' in settled) return { kind: 'succeeded', resultAttempt: row.attempt };
  const { thrown } = settled;
  if (thrown instanceof DeadlinePassed) return { kind: 'ended', failure: failureOf(thrown) };
  const seconds = thrown instanceof TaskError ? thrown.retryAfterSeconds : undefined;
  return {
    kind: 'failed',
    failure: failureOf(thrown),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
}

/** The output's JSON text. */
async function runHandler(
  deps: RunAttemptDeps,
  row: TaskRow,
  payloadText: string | undefined,
  stop: AbortSignal,
): Promise<string> {
  const definition = deps.findTaskType(row.type);
  if (definition === undefined) {
    throw new TaskError('unknown_type', `this deployment has no task type "${row.type}"`, {
      retryable: false,
    });
  }
  const payload = parsePayload(definition, row, payloadText);
  const timeoutSeconds = timeoutSecondsOf(row, definition);
  const progress = new ProgressReporter(deps.tasks, row);
  const log = deps.logOf(row);
  const end = startEnd(row, timeoutSeconds, deps.clock.nowMs(), stop);
  try {
    const output = await Promise.race([
      (async () =>
        await definition.run({
          payload,
          task: runningTaskOf(row, timeoutSeconds),
          signal: end.signal,
          log,
          progress: (percent, message) => progress.report(percent, message),
          // Built for a handler that asks for it; the others pay nothing.
          get memory() {
            return deps.memoryOf(row.agent_id);
          },
        }))(),
      end.reached,
    ]);
    return outputText(output);
  } finally {
    progress.end();
    end.over();
  }
}

/** What the signal says to whatever a handler has left running; made once, since a stack trace costs more than an echo. */
const ATTEMPT_OVER = new TaskError('aborted', 'the attempt is over', { retryable: false });

/** Stored tasks outlive code: the payload is parsed by the schema of today. */
function parsePayload(definition: TaskDefinition, row: TaskRow, payloadText: string | undefined): unknown {
  if (payloadText === undefined) {
    const text = `the stored payload of ${row.task_id} is gone; submit the task again`;
    throw new TaskError('payload_lost', text, { retryable: false });
  }
  const parsed = z.safeParse(definition.input, payloadValue(row, payloadText));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
  const text = `the payload does not fit type "${row.type}" any more: ${issues.join('; ')}`;
  throw new TaskError('validation_failed', text, { retryable: false });
}

/** The task's deadline came while an attempt ran: nothing is tried again. */
class DeadlinePassed extends TaskError {}

/** What ends an attempt from outside. */
interface AttemptEnd {
  /** Told to the handler. */
  readonly signal: AbortSignal;
  /** Rejects when the attempt is to end, whatever its handler does. */
  readonly reached: Promise<never>;
  /** The attempt has ended: nothing of it shall go on. */
  over(): void;
}

/** The handler is told when time-out or deadline has come (and the attempt ends), or when it is to stop (soon after). */
function startEnd(row: TaskRow, timeoutSeconds: number, nowMs: number, stop: AbortSignal): AttemptEnd {
  const { promise: reached, reject } = Promise.withResolvers<never>();
  const abort = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const endAfter = (ms: number, errorOf: () => TaskError) => {
    timers.push(
      setTimeout(() => {
        const error = errorOf();
        reject(error);
        abort.abort(error);
      }, ms),
    );
  };
  const timeout = () =>
    new TaskError('timeout', `the attempt took longer than ${timeoutSeconds} s (timeout_seconds)`);
  const leftMs = (row.deadline ?? Number.POSITIVE_INFINITY) - nowMs;
  if (leftMs < timeoutSeconds * 1000) endAfter(leftMs, () => deadlinePassed(row));
  else endAfter(timeoutSeconds * 1000, timeout);

  const onStop = () => {
    abort.abort(new TaskError(String(stop.reason), 'the attempt was stopped', { retryable: false }));
    timers.push(setTimeout(() => reject(abort.signal.reason), STOP_GRACE_MS));
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    signal: abort.signal,
    reached,
    over: () => {
      for (const timer of timers) clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      abort.abort(ATTEMPT_OVER);
    },
  };
}

function deadlinePassed(row: TaskRow): DeadlinePassed {
  const { code, message, details } = deadlineExceeded(row, row.deadline ?? 0);
  return new DeadlinePassed(code, message, {
    retryable: false,
    ...(details === undefined ? {} : { details }),
  });
}

function outputText(output: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(output ?? null);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskError('invalid_output', `the output is no JSON: ${reason}`, { retryable: false, cause });
  }
  if (text === undefined) {
    throw new TaskError('invalid_output', `the output is no JSON: a ${typeof output}`, { retryable: false });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_OUTPUT_BYTES) {
    const rule = `the output has ${bytes} bytes of JSON, at most ${MAX_OUTPUT_BYTES} (50 MB) are stored`;
    throw new TaskError('output_too_large', `${rule}; return a smaller one`, { retryable: false });
  }
  return text;
}

function runningTaskOf(row: TaskRow, timeoutSeconds: number): RunningTask {
  return {
    task_id: row.task_id,
    type: row.type,
    name: row.name ?? '',
    priority: priorityOf(row),
    agent_id: row.agent_id ?? null,
    attempt: row.attempt,
    created_at: isoTime(createdAtMs(row)),
    timeout_seconds: timeoutSeconds,
    metadata: row.metadata ?? {},
    tags: row.tags ?? [],
  };
}
