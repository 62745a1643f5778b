import { mailboxChange } from '../agents/mailbox.ts';
import { encodeTransition, extendHistory } from '../history.ts';
import { DEFAULT_PRIORITY } from '../lane.ts';
import { isOrdered } from '../order.ts';
import type { Removable, RowWrite, Settable } from '../row-write.ts';
import type { TaskStatus } from '../status.ts';
import { laneOfRow, type TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead, type Change, refused } from './change.ts';

/** What a caller may change of a task that does not run; what is absent stays. Times in milliseconds. */
export interface Patch {
  readonly priority?: number;
  readonly scheduled_at?: number | null;
  readonly deadline?: number | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
}

/**
 * Changes a task that does not run. A task that goes to another lane, to another time, or whose timer becomes
 * another, gets a new generation, so that the dispatcher judges it anew and the message of before dies; any other
 * change touches none of these. An ordered task in its place gives it up for another time only.
 */
export function patchChange(row: TaskRow, patch: Patch, nowMs: number): Change {
  if (!isPatchable(row.status)) return refused(row, 'only a task that waits to run can be changed');
  // Restarted while its cancel was open: another due time would put the cancel off.
  if (row.cancel_requested) return refused(row, 'a task whose cancel was accepted cannot be changed');
  const time = timeOf(row, patch, nowMs);
  const { set, remove } = attributesOf(patch);
  const next: TaskRow = { ...without(row, remove), ...set, ...time };
  const timer = timesOf(row, next)
    ? timerChange(row, next, nowMs)
    : { ...mailboxChange(row, next), isChange: false };
  const losesPlace = hasPlace(row) && time.status !== row.status;
  const moves = laneOfRow(next) !== laneOfRow(row) && row.status !== 'waiting';
  const isElsewhere = time.claimable_at !== row.claimable_at || losesPlace;
  const isJudgedAnew = isElsewhere || (!hasPlace(row) && (moves || timer.isChange));
  return {
    kind: 'write',
    write: {
      taskId: row.task_id,
      expect: [...asRead(row), { attribute: 'status', oneOf: [row.status] }],
      set: { ...set, ...time, ...timer.set },
      increment: ['version', ...(isJudgedAnew ? (['generation'] as const) : [])],
      remove: [...remove.filter((name) => row[name] !== undefined), ...timer.remove],
      ...(time.status === row.status ? {} : { history: movedHistory(row, time.status, nowMs) }),
      returnRow: true,
    } satisfies RowWrite,
  };
}

/** Whether the row's message is in the ordered queue; a due time waits in a lane, whichever it is. */
function hasPlace(row: TaskRow): boolean {
  return isOrdered(row) && (row.status === 'queued' || row.status === 'retrying');
}

function isPatchable(status: TaskStatus): boolean {
  return status === 'waiting' || status === 'scheduled' || status === 'queued' || status === 'retrying';
}

/** State and due time: another `scheduled_at` takes the place of a back-off too. */
function timeOf(
  row: TaskRow,
  { scheduled_at }: Patch,
  nowMs: number,
): Pick<TaskRow, 'status' | 'claimable_at'> {
  const asked = scheduled_at ?? undefined;
  const isAsked = scheduled_at !== undefined && asked !== row.scheduled_at;
  if (!isAsked) return { status: row.status, claimable_at: row.claimable_at };
  const claimable_at = asked !== undefined && asked > nowMs ? asked : 0;
  if (row.status === 'waiting') return { status: 'waiting', claimable_at };
  return { status: claimable_at === 0 ? 'queued' : 'scheduled', claimable_at };
}

function attributesOf(patch: Patch): { readonly set: Settable; readonly remove: readonly Removable[] } {
  const { priority, scheduled_at, deadline, metadata, tags } = patch;
  const remove: Removable[] = [];
  if (priority === DEFAULT_PRIORITY) remove.push('priority');
  if (scheduled_at === null) remove.push('scheduled_at');
  if (deadline === null) remove.push('deadline');
  if (metadata !== undefined && Object.keys(metadata).length === 0) remove.push('metadata');
  if (tags?.length === 0) remove.push('tags');
  const given = { priority, scheduled_at, deadline, metadata, tags };
  const set = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !remove.includes(name as Removable),
  );
  return { set: Object.fromEntries(set) as Settable, remove };
}

/** Whether anything that the timer depends on is another. */
function timesOf(row: TaskRow, next: TaskRow): boolean {
  return (
    row.deadline !== next.deadline || row.claimable_at !== next.claimable_at || row.status !== next.status
  );
}

function without(row: TaskRow, names: readonly Removable[]): TaskRow {
  const kept = Object.entries(row).filter(([name]) => !names.includes(name as Removable));
  return Object.fromEntries(kept) as unknown as TaskRow;
}

function movedHistory(row: TaskRow, to: TaskStatus, nowMs: number): readonly string[] {
  return extendHistory(row.history, encodeTransition(nowMs, to, to === 'queued' ? 'due now' : 'rescheduled'));
}
