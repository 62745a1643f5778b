import { availableParallelism } from 'node:os';
import { TaskError } from '../../../core/task-error.ts';
import { type Evaluation, type EvaluationRequest, type FailedEvaluation, tookTooLong } from './evaluation.ts';
import { type ExpressionProcess, ProcessEndedError, startExpressionProcess } from './expression-process.ts';
import { EXPRESSION_MEMORY_MB, EXPRESSION_TIME_LIMIT_SECONDS } from './limits.ts';
import { createSlots } from './slots.ts';

/** Processes at once, whatever the number of cores: each may take 128 MB and node's own 100. */
const MAX_PROCESSES = 4;

/** Milliseconds beyond the time limit, after which a process that did not stop by itself is killed. */
const GRACE_MS = 1000;

/** How a process ends that ran out of memory or stack. A SIGKILL, in contrast, comes from outside. */
const CRASHES: readonly (string | null)[] = ['SIGABRT', 'SIGBUS', 'SIGILL', 'SIGSEGV', 'SIGTRAP'];

export interface EvaluateOptions {
  /** Ends the evaluation at once; it then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** The attempt's timeout; the evaluation gets no more, and at most EXPRESSION_TIME_LIMIT_SECONDS. */
  readonly attemptSeconds: number;
}

/**
 * Evaluates a JSONata expression over an input (JSON text), away from this process. Its time counts from its
 * start, not from its place in the line.
 *
 * @throws TaskError `handler_error`, retryable, if the process could not be started or was killed from outside.
 */
export type Evaluate = (expression: string, input: string, options: EvaluateOptions) => Promise<Evaluation>;

export interface ExpressionPool {
  readonly evaluate: Evaluate;
  /** Ends the processes that wait for work. */
  readonly end: () => void;
}

export interface ExpressionPoolOptions {
  /** Evaluations at once. @default the number of cores, at most 4 */
  readonly size?: number;
  /** @default EXPRESSION_TIME_LIMIT_SECONDS */
  readonly timeLimitSeconds?: number;
  /** Beyond the time limit, for a process to stop by itself. @default 1000 */
  readonly graceMs?: number;
  /** @default a process of this machine */
  readonly start?: () => Promise<ExpressionProcess>;
}

/** Makes a pool of processes that are started when they are needed and used again while they live. */
export function createExpressionPool(options: ExpressionPoolOptions = {}): ExpressionPool {
  const { size = Math.min(availableParallelism(), MAX_PROCESSES), start = startExpressionProcess } = options;
  const { timeLimitSeconds = EXPRESSION_TIME_LIMIT_SECONDS, graceMs = GRACE_MS } = options;
  const slots = createSlots(size);
  let idle: readonly ExpressionProcess[] = [];

  /** A process to work with: the one that idles for the shortest time, else a new one. */
  const engaged = async (): Promise<ExpressionProcess> => {
    const warm = idle.findLast((process) => process.alive());
    idle = idle.filter((process) => process !== warm && process.alive());
    return warm ?? (await start());
  };

  return {
    evaluate: async (expression, input, { signal, attemptSeconds }) => {
      const timeLimitMs = Math.min(timeLimitSeconds, attemptSeconds) * 1000;
      await slots.take(signal);
      try {
        const process = await engaged();
        const evaluation = await bounded(
          process,
          { expression, input, timeLimitMs },
          timeLimitMs + graceMs,
          signal,
        );
        idle = [...idle, process];
        return evaluation;
      } catch (error) {
        signal.throwIfAborted();
        return crashOrThrow(error);
      } finally {
        slots.give();
      }
    },
    end: () => {
      for (const process of idle) process.kill();
      idle = [];
    },
  };
}

/** One evaluation, ended by the signal, and by force should its own time limit not have ended it. */
async function bounded(
  process: ExpressionProcess,
  request: EvaluationRequest,
  killAfterMs: number,
  signal: AbortSignal,
): Promise<Evaluation> {
  let late = false;
  const kill = () => process.kill();
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, killAfterMs);
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  try {
    return await process.evaluate(request);
  } catch (error) {
    if (late) return tookTooLong(request.timeLimitMs);
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function crashOrThrow(error: unknown): FailedEvaluation {
  if (error instanceof ProcessEndedError && CRASHES.includes(error.signal)) {
    const message = `it needed more memory than the ${EXPRESSION_MEMORY_MB} MB that it may use`;
    return { ok: false, reason: 'memory', message, details: { limit_mb: EXPRESSION_MEMORY_MB } };
  }
  const reason = error instanceof Error ? error.message : String(error);
  throw new TaskError('handler_error', `the expression could not be evaluated: ${reason}`, { cause: error });
}
