import { isPulled } from './agents/mailbox.ts';
import { type Remembering, rememberingOf } from './agents/remembering.ts';
import { hasStarted } from './dependencies/judge-dependency.ts';
import { waitsForFallback } from './dependencies/members.ts';
import { type FallbackStart, fallbackStartOf } from './fallback-task.ts';
import { decodeHistory } from './history.ts';
import { missingLabelNames } from './labels.ts';
import type { Lane } from './lane.ts';
import { MAX_DELAY_SECONDS } from './lane-delay.ts';
import { type ObjectOwner, objectsOf } from './object-keys.ts';
import { isOrdered, takesPlace } from './order.ts';
import { PAYLOAD_LIFE_SECONDS, payloadIdOf } from './payload-id.ts';
import { type QueueName, queueNameOf } from './queue-name.ts';
import { type RelatedTask, relatedTasksOf } from './related-tasks.ts';
import type { ReleaseMessage } from './release-message.ts';
import { isEnded, TASK_STATUSES, type TaskStatus } from './status.ts';
import { laneOfRow, type TaskRow } from './task-row.ts';
import { isLeftToTimers } from './timer.ts';

/** Rows of which the dispatcher is told: in one of the states, and with the mark if there is one. */
interface Dispatched {
  readonly statuses: readonly TaskStatus[];
  readonly mark?: 'on_end' | 'has_dependents' | 'has_start_dependents';
}

/**
 * What of the stream the dispatcher sees, for nothing ever follows from the rest: what waits for a message, a timer or
 * a dependency; ends from which something follows; claims where somebody waits for a start. The mapping that feeds it
 * has a pattern for each.
 */
export const DISPATCHED: readonly Dispatched[] = [
  { statuses: TASK_STATUSES.filter((status) => status !== 'processing' && !isEnded(status)) },
  { statuses: TASK_STATUSES.filter(isEnded), mark: 'on_end' },
  { statuses: TASK_STATUSES.filter(isEnded), mark: 'has_dependents' },
  { statuses: ['processing'], mark: 'has_start_dependents' },
];

/** What must follow from a change of a task's row, outside its row. */
export type FollowUp =
  | {
      readonly kind: 'send';
      readonly lane: Lane;
      readonly queue: QueueName;
      readonly generation: number;
      /** From when the row may be claimed, in milliseconds. */
      readonly dueAtMs: number;
      /** Whoever put the row has sent this message itself: this copy is only the net below it. */
      readonly express: boolean;
    }
  | { readonly kind: 'expire_payload'; readonly payloadId: string; readonly expiresAtSeconds: number }
  | { readonly kind: 'create'; readonly related: RelatedTask }
  /** The task's own fallback task begins. */
  | { readonly kind: 'fall_back'; readonly start: FallbackStart }
  | Remembering
  | { readonly kind: 'label'; readonly names: readonly string[] }
  /** Others may go on, or the task itself, which waits for nothing. */
  | { readonly kind: 'release'; readonly of: ReleaseMessage['of'] };

/**
 * What follows from a row: a function of the row alone, so a record may come twice, late or again from the
 * redo queue. `previous` (the row before the change) only keeps a touched row from repeating what followed.
 */
export function followUpsOf(row: TaskRow, previous?: TaskRow): readonly FollowUp[] {
  const due: FollowUp[] = [];
  if (isSent(row, previous)) {
    due.push({
      kind: 'send',
      lane: laneOfRow(row),
      queue: queueNameOf(row),
      generation: row.generation,
      dueAtMs: row.claimable_at,
      express: isExpress(row),
    });
  }
  const expiresAtSeconds = payloadExpiry(row, previous);
  if (row.payload_stored && expiresAtSeconds !== undefined) {
    due.push({ kind: 'expire_payload', payloadId: payloadIdOf(row), expiresAtSeconds });
  }
  if (row.on_end && previous?.status !== row.status) {
    due.push(...relatedTasksOf(row).map((related) => ({ kind: 'create', related }) as const));
    due.push(...rememberingOf(row));
  }
  const start = fallbackStartOf(row);
  if (start !== undefined && (previous === undefined || !waitsForFallback(previous))) {
    due.push({ kind: 'fall_back', start });
  }
  const names = missingLabelNames(row, previous);
  if (names.length > 0) due.push({ kind: 'label', names });
  const of = releaseOf(row);
  if (of !== undefined && (previous === undefined || releaseOf(previous) !== of)) {
    due.push({ kind: 'release', of });
  }
  return due;
}

/**
 * What a row has to tell its dependents: its end, or that it has started. A mark is put only on a row that has not
 * come to that yet, so the change that brings it is the one that is told.
 */
function releaseOf(row: TaskRow): ReleaseMessage['of'] | undefined {
  if (isEnded(row.status)) return row.has_dependents ? 'end' : undefined;
  if (row.status === 'waiting' && row.waiting_on === undefined) return 'empty';
  return row.has_start_dependents && hasStarted(row) ? 'start' : undefined;
}

/**
 * A payload goes with its task, which is kept longer where it is cancelled after it had failed; a manual retry gives it
 * as long a life as it had at first.
 */
function payloadExpiry(row: TaskRow, previous?: TaskRow): number | undefined {
  if (isEnded(row.status)) return previous?.status === row.status ? undefined : row.expires_at;
  if (previous !== undefined && !isEnded(previous.status)) return undefined;
  if (row.life === undefined) return undefined;
  const [last] = decodeHistory(row.history.slice(-1));
  return Math.ceil((last?.at ?? 0) / 1000) + PAYLOAD_LIFE_SECONDS;
}

/** What a row that is gone leaves to be removed: all objects below this. */
export function objectsLeftBy(row: ObjectOwner & Pick<TaskRow, 'has_objects'>): string | undefined {
  return row.has_objects ? objectsOf(row) : undefined;
}

function isSent(row: TaskRow, previous?: TaskRow): boolean {
  if (!isOnLane(row)) return false;
  if (isOrdered(row) && row.status !== 'scheduled') return takesPlace(row, previous);
  return row.generation !== previous?.generation;
}

/** Whether a message is what wakes the task next; what the row has given to the timers is theirs. */
function isOnLane(row: TaskRow): boolean {
  const isWaitingRoom = row.status === 'queued' || row.status === 'retrying' || row.status === 'scheduled';
  return isWaitingRoom && !isLeftToTimers(row) && !isPulled(row);
}

/**
 * Whether whoever puts the row sends its message itself, beside the dispatcher: a task just created on `critical`.
 * Messages of later generations have no such copy.
 */
export function isExpress(row: TaskRow): boolean {
  const isCreated = row.generation === 1 && row.status === 'queued';
  return isCreated && laneOfRow(row) === 'critical' && !isPulled(row) && !isOrdered(row);
}

/** How long the dispatcher's copy of an express message is held back: it then meets an ended row and dies. */
export const EXPRESS_NET_SECONDS = 30;

/** Seconds that SQS shall hold a message back: until it is due, rounded up. */
export function sendDelaySeconds(followUp: FollowUp & { kind: 'send' }, nowMs: number): number {
  const untilDue = Math.ceil(Math.max(0, followUp.dueAtMs - nowMs) / 1000);
  return Math.min(Math.max(untilDue, followUp.express ? EXPRESS_NET_SECONDS : 0), MAX_DELAY_SECONDS);
}
