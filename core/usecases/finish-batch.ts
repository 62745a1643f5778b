import type { AttemptResult } from '../attempt-result.ts';
import { type AttemptOutcome, finishWrite } from '../finish.ts';
import type { Clock, ResultStore, TaskStore } from '../ports.ts';
import type { CacheEntry, ResultCache } from '../result-cache.ts';
import type { RetryPolicy } from '../retry.ts';
import type { RowWrite, WriteOutcome } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import type { Claimed } from './claim-batch.ts';
import {
  confirmedOnly,
  FATE_REPORT,
  type Fate,
  type FinishVerdict,
  fateInPlace,
  fateOfFinish,
} from './message-fate.ts';

export interface FinishDeps {
  readonly tasks: Pick<TaskStore, 'write'>;
  readonly results: Pick<ResultStore, 'put'>;
  /** Never throws: what is not in the cache is made anew. */
  readonly cache: Pick<ResultCache, 'put'>;
  readonly clock: Clock;
  /** A number from [0, 1). */
  readonly random: () => number;
  readonly retryPolicyOf: (row: TaskRow) => RetryPolicy;
  readonly retentionSeconds: number;
}

/** An attempt that is over: its result is to be stored if it ran, and its finish to be written. */
export interface EndedAttempt {
  readonly claimed: Claimed;
  readonly outcome: AttemptOutcome;
  readonly result?: AttemptResult;
  readonly cacheEntry?: CacheEntry;
}

/** What became of an attempt that is over; `ended` may be its cancel instead of what it came with. */
export interface Finished {
  readonly ended: EndedAttempt;
  readonly fate: Fate;
  /** Whether the attempt has ended its task, or left it waiting in its place. */
  readonly isFinished: boolean;
}

/**
 * Stores the results, then finishes the tasks whose results are confirmed. A finish that a cancel has overtaken
 * is written as that cancel. The cache is told in between: it never names a result that is not there, and
 * whoever has seen the end of a task finds it there.
 */
export async function finishAll(
  deps: FinishDeps,
  ended: readonly EndedAttempt[],
): Promise<readonly Finished[]> {
  const withResult = ended.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const stored = withResult.length === 0 ? [] : await deps.results.put(withResult);
  const finishing = confirmedOnly(ended, stored);
  const unconfirmed = ended.filter((one) => !finishing.includes(one));
  const entries = finishing.flatMap(({ cacheEntry }) => cacheEntry ?? []);
  if (entries.length > 0) await deps.cache.put(entries);
  const finished = await writeAll(deps, finishing);

  const overtaken = finished.filter(({ fate }) => fate.kind === 'cancel_instead');
  const cancels = overtaken.map(
    ({ ended: { claimed } }): EndedAttempt => ({ claimed, outcome: { kind: 'cancelled' } }),
  );
  const all = [...finished.filter((one) => !overtaken.includes(one)), ...(await writeAll(deps, cancels))];
  return [
    ...all.map(({ ended: one, fate, isFinished }) => ({
      ended: one,
      fate: fate.kind === 'cancel_instead' ? FATE_REPORT : fate,
      isFinished,
    })),
    ...unconfirmed.map((one) => ({ ended: one, fate: FATE_REPORT, isFinished: false })),
  ];
}

async function writeAll(deps: FinishDeps, ended: readonly EndedAttempt[]) {
  const finishes = ended.map((one) => finishOf(deps, one));
  const outcomes = finishes.length === 0 ? [] : await deps.tasks.write(finishes);
  return ended.map((one, index) => verdictOf(deps, one, finishes[index], outcomes[index]));
}

function verdictOf(deps: FinishDeps, ended: EndedAttempt, finish?: RowWrite, outcome?: WriteOutcome) {
  const { row } = ended.claimed;
  const inPlace = finish === undefined ? undefined : fateInPlace(row, finish, deps.clock.nowMs());
  const fate: FinishVerdict = fateOfFinish(outcome, row, inPlace);
  return { ended, fate, isFinished: fate.kind === 'acknowledge' || fate === inPlace };
}

function finishOf(deps: FinishDeps, { claimed, outcome }: EndedAttempt): RowWrite {
  return finishWrite(claimed.row, outcome, {
    nowMs: deps.clock.nowMs(),
    random: deps.random(),
    policy: deps.retryPolicyOf(claimed.row),
    retentionSeconds: deps.retentionSeconds,
  });
}
