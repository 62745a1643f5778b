import type { Clock } from '../ports.ts';
import { isListed, rangeOf, type TaskFilter } from '../task-filter.ts';
import type { StepDeps } from './step-index.ts';
import { walkTasks } from './walk-tasks.ts';

/** How many tasks meet a filter; not all of them where the time was over before. */
export interface TaskCount {
  readonly matched: number;
  readonly complete: boolean;
}

/** Rows that are read at once: a call of BatchGetItem. */
const STEP = 100;

/** Counts the tasks that meet a filter by looking at each, for `ms` milliseconds at the most. */
export async function countTasks(
  deps: StepDeps & { readonly clock: Clock },
  filter: TaskFilter,
  ms: number,
): Promise<TaskCount> {
  const endMs = deps.clock.monotonicMs() + ms;
  let matched = 0;
  for await (const { row, after } of walkTasks(deps, filter, rangeOf(filter), STEP)) {
    if (row !== undefined && isListed(row, filter, deps.clock.nowMs())) matched += 1;
    if (after !== null && deps.clock.monotonicMs() >= endMs) return { matched, complete: false };
  }
  return { matched, complete: true };
}
