import type { TaskPage } from '../contract/page-schema.ts';
import type { TaskSummary } from '../contract/task-schema.ts';
import { type CursorScope, signCursor } from '../cursor.ts';
import type { Clock } from '../ports.ts';
import { isListed, type ListRange, rangeOf, type TaskFilter } from '../task-filter.ts';
import { defaultsOf, type FindTaskType } from '../task-types.ts';
import { summaryOf } from '../task-view.ts';
import { type CursorKeys, positionIn } from './cursor-position.ts';
import type { StepDeps } from './step-index.ts';
import { walkTasks } from './walk-tasks.ts';

export interface ListDeps extends StepDeps {
  readonly cursorKeys: CursorKeys;
  readonly clock: Clock;
  readonly findTaskType: FindTaskType;
}

export interface ListCall {
  readonly route: string;
  readonly tenant: string;
  readonly filter: TaskFilter;
  readonly limit: number;
  readonly cursor?: string;
}

/** A page ends, shorter than asked, when so many rows were looked at or so much time has passed. */
const MAX_ROWS_EXAMINED = 1000;
const MAX_MS = 2000;

/**
 * Or when its items have so many bytes of JSON. A Lambda function may answer 6 MB, in which the text of the
 * page is a string: escaped, it is at most twice as long. One item more has at most 0.1 MB.
 */
const MAX_PAGE_BYTES = 2.5 * 1024 * 1024;

/** A page of tasks, newest first. Throws `validation_failed` for a cursor that is not of this very list. */
export async function listTasks(deps: ListDeps, call: ListCall): Promise<TaskPage> {
  const { route, tenant, filter } = call;
  const scope: CursorScope = { route, tenant, filter: { ...filter } };
  const whole = rangeOf(filter);
  const range =
    call.cursor === undefined ? whole : { ...whole, below: await positionIn(deps, scope, call.cursor) };
  const { items, position } = await collect(deps, call, range);
  const [key = ''] = position === null ? [] : await deps.cursorKeys.read();
  return {
    items,
    next_cursor: position === null ? null : signCursor(scope, position, deps.clock.nowMs(), key),
  };
}

interface Collected {
  readonly items: readonly TaskSummary[];
  /** Everything below it is still to come; null at the end. */
  readonly position: string | null;
}

async function collect(deps: ListDeps, call: ListCall, range: ListRange): Promise<Collected> {
  const endMs = deps.clock.monotonicMs() + MAX_MS;
  const items: TaskSummary[] = [];
  let bytes = 0;
  let position: string | null = null;
  let examined = 0;
  for await (const { row, after } of walkTasks(deps, call.filter, range, call.limit)) {
    if (row !== undefined && isListed(row, call.filter, deps.clock.nowMs())) {
      const item = summaryOf(row, defaultsOf(deps.findTaskType, row.type));
      items.push(item);
      bytes += Buffer.byteLength(JSON.stringify(item));
    }
    position = after;
    examined += 1;
    const isOver = examined >= MAX_ROWS_EXAMINED || deps.clock.monotonicMs() >= endMs;
    if (items.length >= call.limit || bytes >= MAX_PAGE_BYTES || isOver) break;
  }
  return { items, position };
}
