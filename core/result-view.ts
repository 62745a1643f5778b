import type { AttemptResult } from './attempt-result.ts';
import type { TaskAttempt, TaskResult } from './contract/result-schema.ts';
import { debugOf } from './debug-view.ts';
import { fallbackValueOf } from './fallback-value.ts';
import { decodeHistory, type HistoryEntry } from './history.ts';
import { isoTime } from './iso-time.ts';
import { failure } from './task-failure.ts';
import { isExpired, type TaskRow } from './task-row.ts';
import { errorOf, timesOf } from './task-view.ts';

/** Where an output is that is an object. */
export type OutputPlace = { readonly kind: 'link'; readonly url: string } | { readonly kind: 'lost' };

/** What there is beside the attempts' results. */
export interface ResultParts {
  /** Stands for an output that is an object. */
  readonly place?: OutputPlace;
  /** The result that the fallback task has left. */
  readonly fallback?: AttemptResult;
}

/** The result of an ended task as the API shows it. `output` is JSON text of the attempt that counts. */
export function resultOf(
  row: TaskRow,
  stored: readonly AttemptResult[],
  nowMs: number,
  { place, fallback }: ResultParts = {},
): TaskResult {
  const live = stored.filter((result) => !isExpired(result, nowMs));
  const isCached = row.cached_result !== undefined;
  const results = isCached ? [] : live.filter((result) => result.attempt <= row.attempt);
  const { startedAtMs, completedAtMs } = timesOf(row);
  const counting = fallback ?? live.find((result) => result.attempt === row.result_attempt);
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
    usage: totalUsage(results, counting),
    cached: isCached,
    fallback_used: row.fallback_used === true,
    ...(row.debug ? { debug: debugOf(row, results) } : {}),
  };
}

/** The output that counts: of an attempt, or the fallback's; with that, what the last attempt had reported of its progress. */
function outputOf(row: TaskRow, counting: AttemptResult | undefined): Pick<TaskResult, 'output' | 'partial'> {
  const left = counting?.output === undefined ? null : JSON.parse(counting.output);
  const fallback = fallbackValueOf(row);
  return {
    output: fallback === undefined ? left : fallback.value,
    ...(row.fallback_used ? { partial: row.progress ?? null } : {}),
  };
}

/** What stands for an output that should be there. */
function outputLost({ result_attempt, fallback_result }: TaskRow): TaskResult['error'] {
  const whose =
    fallback_result === undefined ? `attempt ${result_attempt}` : `the fallback ${fallback_result.task_id}`;
  const text = `the stored output of ${whose} is gone; submit the task again to have it made anew`;
  return failure('payload_lost', text, false);
}

function attemptsOf(row: TaskRow, results: readonly AttemptResult[]): TaskAttempt[] {
  const claims = claimsOf(row);
  const numbers = Array.from({ length: row.attempt }, (_, index) => index + 1);
  return numbers.flatMap((attempt) => {
    const result = results.find((candidate) => candidate.attempt === attempt);
    const claim = claims.get(attempt);
    if (result !== undefined) return [shownAttempt(result, claim)];
    return claim === undefined ? [] : attemptWithoutResult(attempt, claim);
  });
}

/** It starts with its claim, as its task does; its handler may have waited for the payload first. */
function shownAttempt(result: AttemptResult, claim: Claim | undefined): TaskAttempt {
  return {
    attempt: result.attempt,
    started_at: isoTime(claim?.at ?? result.started_at),
    ended_at: isoTime(result.ended_at),
    error: result.error ?? null,
    usage: result.usage,
  };
}

interface Claim {
  readonly at: number;
  readonly next: HistoryEntry | undefined;
}

/**
 * The claims by their attempts, counted from the newest. Of those whose claim the history has forgotten, nobody can
 * tell whether they were lost or given back.
 */
function claimsOf(row: TaskRow): ReadonlyMap<number, Claim> {
  const history = decodeHistory(row.history);
  const claims = history.flatMap(({ at, to, cause }, index) =>
    to === 'processing' && cause !== RESTARTED ? [{ at, next: history[index + 1] }] : [],
  );
  const forgotten = row.attempt - claims.length;
  const known = forgotten > 0 ? claims.slice(1) : claims;
  return new Map(known.map((claim, place) => [row.attempt - known.length + place + 1, claim]));
}

/**
 * An attempt that left no result: its lease ran out, or it was stopped by a cancel or a restart. Finished all the
 * same: it only wrote down what an earlier attempt had stored, or gave its task back, and ran nothing.
 */
function attemptWithoutResult(attempt: number, { at, next }: Claim): TaskAttempt[] {
  const begun = { attempt, started_at: isoTime(at), usage: null };
  const isRestarted = next?.cause === RESTARTED;
  if (next === undefined || (next.to === 'processing' && !isRestarted) || LOST.has(next.cause)) {
    const error = failure(
      'lease_expired',
      `attempt ${attempt} ended without a word: its lease ran out`,
      true,
    );
    return [{ ...begun, ended_at: null, error }];
  }
  const stopped = { ...begun, ended_at: isoTime(next.at) };
  if (next.to === 'cancelled')
    return [{ ...stopped, error: failure('cancelled', `attempt ${attempt} was told to stop`, false) }];
  if (isRestarted)
    return [
      { ...stopped, error: failure('lease_expired', `attempt ${attempt} was ended by a restart`, true) },
    ];
  return [];
}

/** An ordered task that is restarted goes on as `processing`, in its place. */
const RESTARTED = 'restarted';

/** Causes of what follows the claim of an attempt that was never heard of again. */
const LOST: ReadonlySet<string> = new Set(['dead_lettered', 'lease expired']);

function totalUsage(
  results: readonly AttemptResult[],
  counting: AttemptResult | undefined,
): TaskResult['usage'] {
  const usages = results.map(({ usage }) => usage);
  const custom = sumOf(usages.flatMap((usage) => Object.entries(usage.custom ?? {})));
  const shown = results.find((result) => result === counting) ?? results.at(-1);
  const stages = shown?.usage.stages;
  return {
    cpu_ms: usages.reduce((sum, { cpu_ms }) => sum + cpu_ms, 0),
    max_memory_mb: usages.reduce((max, { max_memory_mb }) => Math.max(max, max_memory_mb), 0),
    ...(custom === undefined ? {} : { custom }),
    ...(stages === undefined ? {} : { stages }),
  };
}

/** Counts added up by name; undefined where there are none. */
function sumOf(counts: readonly (readonly [string, number])[]): Record<string, number> | undefined {
  if (counts.length === 0) return undefined;
  const sums = new Map<string, number>();
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}
