import * as z from 'zod';
import type { AttemptResult, AttemptUsage } from '../../core/attempt-result.ts';
import type { AttemptOutcome } from '../../core/finish.ts';
import type { Clock, TaskStore } from '../../core/ports.ts';
import { createdAtMs } from '../../core/submission.ts';
import { TaskError } from '../../core/task-error.ts';
import { failureOf } from '../../core/task-failure.ts';
import { priorityOf, type TaskRow } from '../../core/task-row.ts';
import { isoTime, timeoutSecondsOf } from '../../core/task-view.ts';
import type { AttemptRun } from '../../core/usecases/execute-batch.ts';
import type { RunningTask, TaskDefinition, TaskLog } from '../tasks/define-task.ts';
import { ProgressReporter } from './progress-reporter.ts';

export interface RunAttemptDeps {
  readonly findTaskType: (type: string) => TaskDefinition | undefined;
  readonly tasks: Pick<TaskStore, 'write'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly startUsage: () => () => AttemptUsage;
  readonly logOf: (row: TaskRow) => TaskLog;
  readonly retentionSeconds: number;
}

/** Bytes of an output's JSON that are stored (api.md, Limits; larger values are of a later release). */
export const MAX_OUTPUT_BYTES = 200 * 1024;

/** Runs the handler of a claimed task to its end or its time-out; never throws. */
export async function runAttempt(
  deps: RunAttemptDeps,
  row: TaskRow,
  payloadText: string | undefined,
): Promise<AttemptRun> {
  const startedAtMs = deps.clock.nowMs();
  const endUsage = deps.startUsage();
  const settled = await settle(() => runHandler(deps, row, payloadText));
  const endedAtMs = deps.clock.nowMs();
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
  const abort = new AbortController();
  const log = deps.logOf(row);
  const timeout = startTimeout(timeoutSeconds, abort);
  try {
    const output = await Promise.race([
      (async () =>
        await definition.run({
          payload,
          task: runningTaskOf(row, timeoutSeconds),
          signal: abort.signal,
          log,
          progress: (percent, message) => progress.report(percent, message),
        }))(),
      timeout.reached,
    ]);
    return outputText(output);
  } finally {
    timeout.clear();
    progress.end();
    abort.abort(ATTEMPT_OVER);
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
  const parsed = z.safeParse(definition.input, JSON.parse(payloadText));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
  const text = `the payload does not fit type "${row.type}" any more: ${issues.join('; ')}`;
  throw new TaskError('validation_failed', text, { retryable: false });
}

/** `reached` rejects when the attempt's time is over, having told the handler by its signal. */
function startTimeout(
  seconds: number,
  abort: AbortController,
): { reached: Promise<never>; clear: () => void } {
  const { promise: reached, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new TaskError('timeout', `the attempt took longer than ${seconds} s (timeout_seconds)`);
    reject(error);
    abort.abort(error);
  }, seconds * 1000);
  return { reached, clear: () => clearTimeout(timer) };
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
    const rule = `the output has ${bytes} bytes of JSON, at most ${MAX_OUTPUT_BYTES} (200 KB) are stored`;
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
