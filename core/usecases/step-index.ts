import { type NarrowSource, partitionsOf } from '../list-source.ts';
import type { ListRange } from '../task-filter.ts';
import type { ListedHour, StripeQuery, TaskIndex } from '../task-index.ts';
import { hourOf, parseTimeIndexSort, timeIndexBound } from '../time-index.ts';

/** A part of an index, newest first. */
export interface IndexStep {
  /** `listed_at` of the entries; there are no others from here up to where the step began. */
  readonly entries: readonly string[];
  /** Where the next step begins (everything below it is still to come); null at the end. */
  readonly below: string | null;
}

/** What lists are walked over. */
export interface StepDeps {
  readonly index: TaskIndex;
  /** Shards of the time index, and of labels. */
  readonly shards: number;
}

/** Partitions that one step over the time index reads side by side. */
const MAX_STRIPES = 32;

/** Steps over a narrow index: reads all its partitions side by side, and shows at most `want` entries. */
export async function stepNarrow(
  { index, shards }: StepDeps,
  source: NarrowSource,
  range: ListRange,
  want: number,
): Promise<IndexStep> {
  const partitions = partitionsOf(source, shards);
  // Labels are spread by a hash; failures are not spread evenly over lanes.
  const limit = source.index === 'label' ? evenShare(want, partitions.length) : want;
  const { entries, cut } = await readStripes(index, partitions, range, limit);
  const shown = entries.slice(0, want);
  const below = entries.length > want ? shown.at(-1) : cut;
  return { entries: shown, below: below ?? null };
}

/** Steps over all tasks: reads the newest `hours` hours that hold any, all their shards side by side. */
export async function stepTime(
  { index }: StepDeps,
  range: ListRange,
  want: number,
  hours: number,
): Promise<IndexStep> {
  const newest = newestHourBelow(range.below);
  const oldest = hourOf(parseTimeIndexSort(range.atLeast).atMs);
  const listed = await index.hours({ newest, oldest, limit: hours });
  const within = fewEnough(listed);
  const [first, last] = [within.at(0), within.at(-1)];
  if (first === undefined || last === undefined) return { entries: [], below: null };

  const limit = evenShare(want, first.shards);
  const { entries, cut } = await readStripes(index, stripesOf(within), range, limit);
  if (cut !== undefined) return { entries, below: cut };
  const isEnd = listed.length < hours && within.length === listed.length;
  return { entries, below: isEnd ? null : startOf(last.hour) };
}

/** Entries to be read of each of so many partitions: a hash spreads them well, but not quite evenly. */
function evenShare(want: number, partitions: number): number {
  return partitions === 1 ? want : Math.max(5, Math.ceil((want * 1.3) / partitions));
}

/**
 * The newest entries of some partitions, merged. Where one has more than was read of it, entries older than its
 * oldest one read are left to the next step, for the others may lie between: `cut` is the oldest one shown.
 */
async function readStripes(
  index: TaskIndex,
  partitions: readonly StripeQuery['partition'][],
  range: ListRange,
  limit: number,
): Promise<{ readonly entries: readonly string[]; readonly cut: string | undefined }> {
  const stripes = await Promise.all(
    partitions.map((partition) => index.stripe({ partition, ...range, limit })),
  );
  // A task may be in two partitions while it moves.
  const entries = [...new Set(stripes.flat())].sort().reverse();
  const [cut] = stripes
    .flatMap((stripe) => stripe[limit - 1] ?? [])
    .sort()
    .reverse();
  return { entries: cut === undefined ? entries : entries.filter((entry) => entry >= cut), cut };
}

/** As many hours, but at least one, as keep to MAX_STRIPES. */
function fewEnough(listed: readonly ListedHour[]): readonly ListedHour[] {
  let stripes = 0;
  return listed.filter(({ shards }, place) => {
    stripes += shards;
    return place === 0 || stripes <= MAX_STRIPES;
  });
}

function stripesOf(hours: readonly ListedHour[]): StripeQuery['partition'][] {
  return hours.flatMap(({ hour, shards }) =>
    Array.from({ length: shards }, (_, shard) => ({ index: 'time', hour, shard }) as const),
  );
}

/** A bound without a task stands for everything before its moment. */
function newestHourBelow(below: string): string {
  const { atMs, taskId } = parseTimeIndexSort(below);
  return hourOf(taskId === '' ? atMs - 1 : atMs);
}

function startOf(hour: string): string {
  return timeIndexBound(Date.parse(`${hour}:00:00.000Z`));
}
