import type { AttemptResult, AttemptUsage } from './attempt-result.ts';
import type { TaskAttempt, TaskResult } from './contract/result-schema.ts';
import { decodeHistory, type HistoryEntry } from './history.ts';
import { isoTime } from './iso-time.ts';
import { failure } from './task-failure.ts';
import { isExpired, type TaskRow } from './task-row.ts';
import { errorOf, timesOf } from './task-view.ts';

/** Where an output is that is an object. */
export type OutputPlace = { readonly kind: 'link'; readonly url: string } | { readonly kind: 'lost' };

/**
 * The result of an ended task as the API shows it. `output` is JSON text of the attempt that counts; `place`
 * stands for one that is an object.
 */
export function resultOf(
  row: TaskRow,
  stored: readonly AttemptResult[],
  nowMs: number,
  place?: OutputPlace,
): TaskResult {
  const results = stored.filter((result) => result.attempt <= row.attempt && !isExpired(result, nowMs));
  const { startedAtMs, completedAtMs } = timesOf(row);
  const counting = results.find((result) => result.attempt === row.result_attempt);
  return {
    task_id: row.task_id,
    status: row.status as TaskResult['status'],
    ...outputOf(row, counting),
    ...(place?.kind === 'link' ? { output_url: place.url } : {}),
    error: place?.kind === 'lost' ? outputLost(row) : errorOf(row),
    started_at: isoTime(startedAtMs),
    completed_at: isoTime(completedAtMs),
    duration_ms: startedAtMs === null || completedAtMs === null ? null : completedAtMs - startedAtMs,
    attempts: attemptsOf(row, results),
    usage: totalUsage(results.map(({ usage }) => usage)),
    cached: false,
    fallback_used: row.fallback_used === true,
  };
}

/** The output that counts: of an attempt, or the fallback's with what the last attempt had reported of its progress. */
function outputOf(row: TaskRow, counting: AttemptResult | undefined): Pick<TaskResult, 'output' | 'partial'> {
  if (row.fallback_used && row.fallback !== undefined && 'value' in row.fallback) {
    return { output: row.fallback.value, partial: row.progress ?? null };
  }
  return { output: counting?.output === undefined ? null : JSON.parse(counting.output) };
}

/** What stands for an output that should be there. */
function outputLost({ result_attempt }: TaskRow): TaskResult['error'] {
  const text = `the stored output of attempt ${result_attempt} is gone; submit the task again to have it made anew`;
  return failure('payload_lost', text, false);
}

function attemptsOf(row: TaskRow, results: readonly AttemptResult[]): TaskAttempt[] {
  const claims = claimsOf(row);
  const numbers = Array.from({ length: row.attempt }, (_, index) => index + 1);
  return numbers.flatMap((attempt) => {
    const result = results.find((candidate) => candidate.attempt === attempt);
    if (result !== undefined) return [shownAttempt(result)];
    return lostAttempt(attempt, claims?.[attempt - 1]);
  });
}

function shownAttempt(result: AttemptResult): TaskAttempt {
  return {
    attempt: result.attempt,
    started_at: isoTime(result.started_at),
    ended_at: isoTime(result.ended_at),
    error: result.error ?? null,
    usage: result.usage,
  };
}

interface Claim {
  readonly at: number;
  readonly next: HistoryEntry | undefined;
}

/** The claims of all attempts; undefined where the history has forgotten some. */
function claimsOf(row: TaskRow): readonly Claim[] | undefined {
  const history = decodeHistory(row.history);
  const claims = history.flatMap(({ at, to }, index) =>
    to === 'processing' ? [{ at, next: history[index + 1] }] : [],
  );
  return claims.length === row.attempt ? claims : undefined;
}

/**
 * An attempt that left no result. Claimed again, or buried as a dead letter: it lost its lease. Finished all
 * the same: it only wrote down what an earlier attempt had stored, and ran nothing.
 */
function lostAttempt(attempt: number, claim: Claim | undefined): TaskAttempt[] {
  const wasLost =
    claim?.next === undefined || claim.next.to === 'processing' || claim.next.cause === 'dead_lettered';
  if (!wasLost) return [];
  const message = `attempt ${attempt} ended without a word: its lease ran out`;
  return [
    {
      attempt,
      started_at: isoTime(claim?.at ?? null),
      ended_at: null,
      error: { code: 'lease_expired', message, retryable: true },
      usage: null,
    },
  ];
}

function totalUsage(usages: readonly AttemptUsage[]): TaskResult['usage'] {
  return {
    cpu_ms: usages.reduce((sum, { cpu_ms }) => sum + cpu_ms, 0),
    max_memory_mb: usages.reduce((max, { max_memory_mb }) => Math.max(max, max_memory_mb), 0),
  };
}
