import { COPY_ATTEMPT, runsAtOnce } from '../accept-task.ts';
import type { AttemptResult } from '../attempt-result.ts';
import type { AttemptPointer, Clock, ResultStore } from '../ports.ts';
import {
  type CacheAnswer,
  type CacheEntry,
  type CacheView,
  cacheKeyOf,
  isUsable,
  type ResultCache,
} from '../result-cache.ts';
import type { Submission } from '../submission.ts';
import type { FindTaskType } from '../task-types.ts';

export interface FindCachedDeps {
  readonly cache: Pick<ResultCache, 'look'>;
  readonly results: Pick<ResultStore, 'attempts' | 'put'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly findTaskType: FindTaskType;
  readonly newTaskId: () => string;
  readonly retentionSeconds: number;
  /** Told of what went wrong without harm to the answer. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Seconds that a copied result outlives the tasks that it is copied for. */
const COPY_MARGIN_SECONDS = 3600;

/** A submission that asks, by its place. */
interface Asking {
  readonly place: number;
  readonly submission: Submission;
  readonly key: string;
}

/**
 * What the cache has for the submissions that ask for it, at their places. A result that is found is copied under an
 * id of its own, which no attempt and no replay ever writes again: it lives as long as the new task, whatever
 * becomes of the one that it was made for. Whoever dies then leaves a copy that expires. Where the cache cannot
 * be read there is nothing in it: the task runs.
 */
export async function findCached(
  deps: FindCachedDeps,
  tenant: string,
  submissions: readonly Submission[],
): Promise<ReadonlyMap<number, CacheAnswer>> {
  const asking = submissions.flatMap((submission, place) => askingOf(deps, tenant, submission, place));
  if (asking.length === 0) return new Map();
  try {
    const view = await deps.cache.look(distinct(asking.map(({ key }) => key)), typesOf(asking));
    const nowMs = deps.clock.nowMs();
    const found = asking.flatMap((one) => usableEntry(view, one, nowMs) ?? []);
    const copies = found.length === 0 ? new Map() : await copyResults(deps, found, nowMs);
    return new Map(asking.map((one) => [one.place, answerTo(one, view, copies, nowMs)]));
  } catch (error) {
    deps.onTrouble('the result cache could not be read', { error });
    return new Map();
  }
}

function askingOf(
  { findTaskType }: FindCachedDeps,
  tenant: string,
  submission: Submission,
  place: number,
): readonly Asking[] {
  const { type, payload, payload_ref, cache_ttl_seconds } = submission;
  // What was uploaded may have 50 MB: reading it to find its equal would cost more than most runs.
  if (cache_ttl_seconds === undefined || payload_ref !== undefined) return [];
  const version = findTaskType(type)?.version ?? 1;
  return [{ place, submission, key: cacheKeyOf({ tenant, type, version, payload }) }];
}

function answerTo(
  one: Asking,
  view: CacheView,
  copies: ReadonlyMap<string, string>,
  nowMs: number,
): CacheAnswer {
  const epoch = view.epochs.get(one.submission.type) ?? 0;
  const entry = usableEntry(view, one, nowMs);
  const resultId = entry === undefined ? undefined : copies.get(nameOf(entry));
  return resultId === undefined ? { epoch } : { epoch, resultId };
}

/** The entry that may serve a task; one that is to run later runs then. */
function usableEntry(
  { entries, epochs }: CacheView,
  { submission, key }: Asking,
  nowMs: number,
): CacheEntry | undefined {
  const entry = entries.get(key);
  if (entry === undefined || !runsAtOnce(submission, nowMs)) return undefined;
  return isUsable(entry, epochs.get(submission.type) ?? 0, nowMs) ? entry : undefined;
}

/** The ids of the copies, by what they were copied from; a result that is gone, or whose copy is not confirmed, has none. */
async function copyResults(
  deps: FindCachedDeps,
  entries: readonly CacheEntry[],
  nowMs: number,
): Promise<ReadonlyMap<string, string>> {
  const pointers = [...new Map(entries.map((entry) => [nameOf(entry), entry])).values()];
  const results = (await deps.results.attempts(pointers)).filter(isWholeSuccess);
  const expires_at = Math.ceil(nowMs / 1000) + deps.retentionSeconds + COPY_MARGIN_SECONDS;
  const copies = results.map(({ output, started_at, ended_at, usage }) => ({
    task_id: deps.newTaskId(),
    attempt: COPY_ATTEMPT,
    succeeded: true,
    output,
    started_at,
    ended_at,
    usage,
    expires_at,
  }));
  const confirmed = copies.length === 0 ? [] : await deps.results.put(copies);
  return new Map(
    results.flatMap((result, index) => {
      const copy = copies[index];
      return copy !== undefined && confirmed[index] === true ? [[nameOf(result), copy.task_id]] : [];
    }),
  );
}

function isWholeSuccess(result: AttemptResult): result is AttemptResult & { readonly output: string } {
  return result.succeeded && result.output !== undefined;
}

function nameOf({ task_id, attempt }: AttemptPointer): string {
  return `${task_id}#${attempt}`;
}

function typesOf(asking: readonly Asking[]): readonly string[] {
  return distinct(asking.map(({ submission }) => submission.type));
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
