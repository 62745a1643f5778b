import type { TaskFilter } from '../task-filter.ts';
import type { TaskIndex } from '../task-index.ts';
import type { TaskRow } from '../task-row.ts';
import { parseTimeIndexSort } from '../time-index.ts';
import { type IndexStep, stepAgent, stepTime, type WalkRange } from './step-index.ts';

/** One look: a row (or an entry without one, or nothing at all), and what is still to come after it. */
export interface Look {
  readonly row: TaskRow | undefined;
  /** Everything below it is still to come; null at the end. */
  readonly after: string | null;
}

/** Rows that are read at once, at least, where a filter may leave some out: a call of BatchGetItem. */
const FILTERED_STEP = 100;

/** Hours that one step reads at the most; twice as many each time while they hold little. */
const MAX_HOURS = 16;

/** Looks at the tasks of an index, newest first; where no filter leaves any out, at `limit` rows without more. */
export async function* walkTasks(
  index: TaskIndex,
  filter: TaskFilter,
  range: WalkRange,
  limit: number,
): AsyncGenerator<Look> {
  const narrowed = isNarrowed(filter);
  let left = limit;
  let hours = 1;
  let below: string | null = range.below > range.atLeast ? range.below : null;
  while (below !== null) {
    const want = narrowed ? Math.max(limit, FILTERED_STEP) : Math.max(left, 1);
    const next: WalkRange = { ...range, below };
    const step: IndexStep =
      filter.agent_id === undefined
        ? await stepTime(index, next, want, hours)
        : await stepAgent(index, filter.agent_id, next, want);
    below = step.below !== null && step.below > range.atLeast ? step.below : null;
    yield* lookAt(index, { ...step, below }, want);
    left -= step.entries.length;
    hours = step.entries.length < want ? Math.min(hours * 2, MAX_HOURS) : 1;
  }
}

async function* lookAt(index: TaskIndex, step: IndexStep, want: number): AsyncGenerator<Look> {
  if (step.entries.length === 0) yield { row: undefined, after: step.below };
  for (let from = 0; from < step.entries.length; from += want) {
    const part = step.entries.slice(from, from + want);
    const rows = await index.rows(part.map((entry) => parseTimeIndexSort(entry).taskId));
    for (const [place, entry] of part.entries()) {
      const isLast = from + place === step.entries.length - 1;
      yield { row: rows.get(parseTimeIndexSort(entry).taskId), after: isLast ? step.below : entry };
    }
  }
}

/** Whether entries of the index that is read may be left out. */
function isNarrowed({ agent_id: _, ...filter }: TaskFilter): boolean {
  return Object.values(filter).some((part) => part !== undefined);
}
