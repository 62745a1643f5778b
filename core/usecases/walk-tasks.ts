import { isExact, isNarrower, type ListSource, type NarrowSource, narrowSourcesOf } from '../list-source.ts';
import type { ListRange, TaskFilter } from '../task-filter.ts';
import type { TaskIndex } from '../task-index.ts';
import type { TaskRow } from '../task-row.ts';
import { parseTimeIndexSort } from '../time-index.ts';
import { type IndexStep, type StepDeps, stepNarrow, stepTime } from './step-index.ts';

/** One look: a row (or an entry without one, or nothing at all), and what is still to come after it. */
export interface Look {
  readonly row: TaskRow | undefined;
  /** Everything below it is still to come; null at the end. */
  readonly after: string | null;
}

/** Rows that are read at once, at least, where some may be left out: a call of BatchGetItem. */
const FILTERED_STEP = 100;

/** Hours that one step reads at the most; twice as many each time while they hold little. */
const MAX_HOURS = 16;

/**
 * Looks at tasks, newest first, by the narrowest index that holds all that the filter asks for; the rows that it
 * shows are still to be judged. Where no row is left out, at `limit` rows without more.
 */
export async function* walkTasks(
  deps: StepDeps,
  filter: TaskFilter,
  range: ListRange,
  limit: number,
): AsyncGenerator<Look> {
  const wide = Math.max(limit, FILTERED_STEP);
  let below: string | null = range.below > range.atLeast ? range.below : null;
  if (below === null) return;
  const { source, step: first } = await choose(deps, narrowSourcesOf(filter), range, wide);
  const exact = isExact(source, filter);
  let step = first;
  let left = limit;
  let hours = 1;
  while (below !== null) {
    // Who asks for more than `limit` rows has left some out.
    const want = exact && left > 0 ? left : wide;
    step ??= await take(deps, source, { ...range, below }, want, hours);
    below = step.below !== null && step.below > range.atLeast ? step.below : null;
    yield* lookAt(deps.index, { ...step, below }, want);
    left -= step.entries.length;
    hours = step.entries.length < want ? Math.min(hours * 2, MAX_HOURS) : 1;
    step = undefined;
  }
}

interface Choice {
  readonly source: ListSource;
  /** The step that was taken to choose it. */
  readonly step: IndexStep | undefined;
}

/** Where there are several narrow indexes, takes a step over each, and chooses by what it sees. */
async function choose(
  deps: StepDeps,
  sources: readonly NarrowSource[],
  range: ListRange,
  want: number,
): Promise<Choice> {
  const [only = { index: 'time' } as const] = sources;
  if (sources.length < 2) return { source: only, step: undefined };
  const looks = await Promise.all(
    sources.map(async (source) => ({ source, step: await stepNarrow(deps, source, range, want) })),
  );
  return looks.reduce((best, next) => (isNarrower(next.step, best.step) ? next : best));
}

async function take(
  deps: StepDeps,
  source: ListSource,
  range: ListRange,
  want: number,
  hours: number,
): Promise<IndexStep> {
  return source.index === 'time'
    ? await stepTime(deps, range, want, hours)
    : await stepNarrow(deps, source, range, want);
}

async function* lookAt(index: TaskIndex, step: IndexStep, want: number): AsyncGenerator<Look> {
  if (step.entries.length === 0) yield { row: undefined, after: step.below };
  for (let from = 0; from < step.entries.length; from += want) {
    const part = step.entries.slice(from, from + want);
    const taskIds = new Set(part.map((entry) => parseTimeIndexSort(entry).taskId));
    const rows = await index.rows([...taskIds]);
    for (const [place, entry] of part.entries()) {
      const isLast = from + place === step.entries.length - 1;
      const row = rows.get(parseTimeIndexSort(entry).taskId);
      // The id of an expired task may have been given to another by its key: that one has an entry of its own.
      yield { row: row?.listed_at === entry ? row : undefined, after: isLast ? step.below : entry };
    }
  }
}
