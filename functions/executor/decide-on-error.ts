import { setTimeout } from 'node:timers/promises';
import { checkDecision, storedDecision, withOnErrorFailure } from '../../core/error-decision.ts';
import type { FailureDecision, TaskFailure } from '../../core/task-failure.ts';
import type { ErrorContext, TaskDefinition } from '../tasks/define-task.ts';
import { outputText } from './output-text.ts';

/** Seconds that an `onError` has: the lease and the function's time outlive an attempt by 20 s or more. */
const ON_ERROR_SECONDS = 5;

/** A failure, and what is decided on it. */
export interface DecidedFailure {
  readonly failure: TaskFailure;
  /** @default what the policy says */
  readonly decision?: FailureDecision;
  /** JSON text of the output that the task completes with. */
  readonly output?: string;
}

/** Asks a task type what becomes of a failed attempt; never throws. `patienceMs` is for tests. */
export async function decideOnError(
  { onError }: Pick<TaskDefinition, 'onError'>,
  thrown: unknown,
  context: ErrorContext,
  patienceMs = ON_ERROR_SECONDS * 1000,
): Promise<DecidedFailure> {
  const { failure, attempt } = context;
  if (onError === undefined) return { failure };
  try {
    const decision = checkDecision(await within(patienceMs, async () => await onError(thrown, context)));
    if (decision === undefined) return { failure };
    return {
      failure,
      decision: storedDecision(decision, attempt),
      ...(decision.action === 'fall_back' ? { output: outputText(decision.value) } : {}),
    };
  } catch (error) {
    return { failure: withOnErrorFailure(failure, error), decision: { action: 'fail' } };
  }
}

async function within<T>(ms: number, run: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = setTimeout(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`onError took longer than ${ms / 1000} s`);
  });
  try {
    return await Promise.race([run(), late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}
