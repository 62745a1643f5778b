import { hourOf } from '../submission.ts';
import type { ListedHour, StripeQuery, TaskIndex } from '../task-index.ts';
import { parseTimeIndexSort, timeIndexBound } from '../time-index.ts';

/** A part of an index, newest first. */
export interface IndexStep {
  /** `listed_at` of the entries; there are no others from here up to where the step began. */
  readonly entries: readonly string[];
  /** Where the next step begins (everything below it is still to come); null at the end. */
  readonly below: string | null;
}

/** What is between the bounds: `atLeast <= listed_at < below`. */
export interface WalkRange {
  readonly below: string;
  readonly atLeast: string;
}

/** Partitions that one step reads side by side. */
const MAX_STRIPES = 32;

/** Steps over the tasks of an agent. */
export async function stepAgent(
  index: TaskIndex,
  agentId: string,
  range: WalkRange,
  want: number,
): Promise<IndexStep> {
  const entries = await index.stripe({ partition: { index: 'agent', agentId }, ...range, limit: want });
  return { entries, below: entries[want - 1] ?? null };
}

/**
 * Steps over all tasks: reads the newest `hours` hours that hold any, all their shards side by side, and
 * merges them. Where a shard has more than was read of it, entries older than its oldest one read are left to
 * the next step, for the others may lie between.
 */
export async function stepTime(
  index: TaskIndex,
  range: WalkRange,
  want: number,
  hours: number,
): Promise<IndexStep> {
  const newest = newestHourBelow(range.below);
  const oldest = hourOf(parseTimeIndexSort(range.atLeast).atMs);
  const listed = await index.hours({ newest, oldest, limit: hours });
  const within = fewEnough(listed);
  const [first, last] = [within.at(0), within.at(-1)];
  if (first === undefined || last === undefined) return { entries: [], below: null };

  const limit = Math.max(5, Math.ceil((want * 1.3) / first.shards));
  const stripes = await Promise.all(
    stripesOf(within).map((partition) => index.stripe({ partition, ...range, limit })),
  );
  const entries = stripes.flat().sort().reverse();
  const [cut] = stripes
    .flatMap((stripe) => stripe[limit - 1] ?? [])
    .sort()
    .reverse();
  if (cut !== undefined) return { entries: entries.filter((entry) => entry >= cut), below: cut };
  const isEnd = listed.length < hours && within.length === listed.length;
  return { entries, below: isEnd ? null : startOf(last.hour) };
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
