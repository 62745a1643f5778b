import { retryByHandChange } from '../changes/retry-by-hand.ts';
import type { RedriveAnswer } from '../contract/lane-schema.ts';
import { type CursorScope, signCursor } from '../cursor.ts';
import { dependenciesOf } from '../dependencies/dependency.ts';
import type { Lane } from '../lane.ts';
import type { Clock } from '../ports.ts';
import type { TaskIndex } from '../task-index.ts';
import { isExpired, type TaskRow } from '../task-row.ts';
import { parseTimeIndexSort, TIME_INDEX_BOTTOM, TIME_INDEX_TOP } from '../time-index.ts';
import { type RetryDeps, retryTask } from './change-task.ts';
import { type CursorKeys, positionIn } from './cursor-position.ts';

export interface RedriveDeps extends RetryDeps {
  readonly index: Pick<TaskIndex, 'stripe'>;
  readonly cursorKeys: CursorKeys;
  readonly clock: Clock;
}

export interface RedriveCall {
  readonly lane: Lane;
  readonly tenant: string;
  /** `next_cursor` of the call before. @default from the newest on */
  readonly cursor?: string | undefined;
}

/** Failed tasks that are looked at together: a call of BatchGetItem. */
const PAGE = 100;

/** After this no further page is begun: an answer must be there before API Gateway gives up, after 30 s. */
const MAX_MS = 15_000;

/**
 * Starts another life of the lane's dead letters: of failed tasks whose message was received too often. Other failed
 * tasks are left. A task that is no longer as it was read is not touched, so twice is as good as once. Throws
 * `validation_failed` for a cursor that is not of this lane and caller.
 */
export async function redriveLane(deps: RedriveDeps, call: RedriveCall): Promise<RedriveAnswer> {
  const scope = scopeOf(call);
  const endMs = deps.clock.monotonicMs() + MAX_MS;
  const partition = { index: 'failed', lane: call.lane } as const;
  let below: string | undefined =
    call.cursor === undefined ? TIME_INDEX_TOP : await positionIn(deps, scope, call.cursor);
  let [matched, redriven] = [0, 0];
  do {
    const query = { partition, below, atLeast: TIME_INDEX_BOTTOM, limit: PAGE };
    const entries: readonly string[] = await deps.index.stripe(query);
    const counts = await redrive(
      deps,
      entries.map((entry) => parseTimeIndexSort(entry).taskId),
    );
    matched += counts.matched;
    redriven += counts.redriven;
    below = entries.length < PAGE ? undefined : entries.at(-1);
  } while (below !== undefined && deps.clock.monotonicMs() < endMs);
  return { lane: call.lane, matched, redriven, next_cursor: await cursorOf(deps, scope, below) };
}

async function redrive(deps: RedriveDeps, taskIds: readonly string[]) {
  const rows = taskIds.length === 0 ? [] : [...(await deps.tasks.readAll(taskIds)).values()];
  const nowMs = deps.clock.nowMs();
  const dead = rows.filter((row) => isDeadLetter(row) && !isExpired(row, nowMs));
  const dependents = dead.filter((row) => dependenciesOf(row).length > 0);
  const others = dead.filter((row) => !dependents.includes(row));
  const redriven = [await redriveTogether(deps, others, nowMs), await redriveEach(deps, dependents)];
  return { matched: dead.length, redriven: redriven.reduce((sum, one) => sum + one) };
}

/** 25 tasks a call. */
async function redriveTogether(deps: RedriveDeps, rows: readonly TaskRow[], nowMs: number): Promise<number> {
  const writes = rows.flatMap((row) => {
    const change = retryByHandChange(row, nowMs);
    return change.kind === 'write' ? [change.write] : [];
  });
  const outcomes = writes.length === 0 ? [] : await deps.tasks.write(writes);
  return outcomes.filter(({ kind }) => kind === 'applied').length;
}

/** Whether a task's dependencies are still met is looked up for each. */
async function redriveEach(deps: RedriveDeps, rows: readonly TaskRow[]): Promise<number> {
  const retried = await Promise.allSettled(rows.map(({ task_id }) => retryTask(deps, task_id)));
  return retried.filter(({ status }) => status === 'fulfilled').length;
}

function isDeadLetter({ status, error }: TaskRow): boolean {
  return status === 'failed' && error?.code === 'dead_lettered';
}

function scopeOf({ lane, tenant }: RedriveCall): CursorScope {
  return { route: 'POST /queues/{lane}/redrive', tenant, filter: { lane } };
}

async function cursorOf(
  deps: RedriveDeps,
  scope: CursorScope,
  position: string | undefined,
): Promise<string | null> {
  if (position === undefined) return null;
  const [key = ''] = await deps.cursorKeys.read();
  return signCursor(scope, position, deps.clock.nowMs(), key);
}
