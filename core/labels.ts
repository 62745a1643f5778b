import { isPulled } from './agents/mailbox.ts';
import { decodeHistory } from './history.ts';
import { PAYLOAD_LIFE_SECONDS } from './payload-id.ts';
import { isEnded } from './status.ts';
import type { TaskRow } from './task-row.ts';
import { timerShardOf } from './timer.ts';

/**
 * An entry of the control table by which lists find a task: one for each of its tags, and one if it has a time to
 * start at. Readers look at the row, so an entry whose row has gone, or has the label no more, is harmless.
 */
export interface Label {
  readonly name: string;
  /** The shard that the task is listed in: a label that many tasks share is no hot partition. */
  readonly shard: number;
  readonly listedAt: string;
  /** When DynamoDB may delete the entry, in seconds since 1970. */
  readonly expiresAtSeconds: number;
}

/** Where labels are kept. */
export interface LabelStore {
  /** Puts labels, again where they are there already; false at each place whose put is not confirmed. */
  put(labels: readonly Label[]): Promise<readonly boolean[]>;
}

/** The label of tasks with a `scheduled_at`. */
export const SCHEDULED_LABEL = 'scheduled';

/** The label of tasks with a tag. */
export function tagLabel(tag: string): string {
  return `tag#${tag}`;
}

type Labelled = Pick<TaskRow, 'tags' | 'scheduled_at'>;

/** The names of a row's labels, each once; most rows have none. */
export function labelNamesOf({ tags = [], scheduled_at }: Labelled): readonly string[] {
  if (tags.length === 0 && scheduled_at === undefined) return [];
  const names = tags.map(tagLabel);
  return [...new Set(scheduled_at === undefined ? names : [...names, SCHEDULED_LABEL])];
}

/** Labels of a row, all unless some are named. `retentionSeconds`: how long ended tasks are kept. */
export function labelsOf(
  row: TaskRow,
  retentionSeconds: number,
  names = labelNamesOf(row),
): readonly Label[] {
  const shard = Number(timerShardOf(row));
  const expiresAtSeconds = labelledUntilSeconds(row) + retentionSeconds;
  return names.map((name) => ({ name, shard, listedAt: row.listed_at, expiresAtSeconds }));
}

/** A hundred attempts a day apart (the limits of a retry policy), and three weeks in lanes. */
const RETRYING_SECONDS = 120 * 86_400;

/**
 * Until when a row may be without an end, at the latest. An entry is put once and not touched when its task ends:
 * that would cost each tag another write. What waits for others has no end in sight, and lives as long as a payload;
 * no deadline, however far away, makes an entry live longer than that.
 */
function labelledUntilSeconds(row: TaskRow): number {
  const [last] = decodeHistory(row.history.slice(-1));
  const atMs = last?.at ?? 0;
  const givenMs = Math.min(timeGiven(row), atMs + PAYLOAD_LIFE_SECONDS * 1000);
  const lifeSeconds = row.status === 'waiting' || isPulled(row) ? PAYLOAD_LIFE_SECONDS : RETRYING_SECONDS;
  return Math.ceil(Math.max(atMs, givenMs) / 1000) + lifeSeconds;
}

/** Until when a row may wait because its caller said so. */
function timeGiven({ scheduled_at = 0, deadline = 0 }: Pick<TaskRow, 'scheduled_at' | 'deadline'>): number {
  return Math.max(scheduled_at, deadline);
}

/**
 * The labels that the dispatcher has to put: all of a row that was stored without them; those that a change has
 * given it; and all, to be kept longer, when it was given a later time or a manual retry has taken it back from its
 * end. By the row alone: all, unless it is as it was stored. None is ever taken away: a removal that comes late would take one that is needed
 * again.
 */
export function missingLabelNames(row: TaskRow, previous?: TaskRow): readonly string[] {
  const names = labelNamesOf(row);
  if (previous === undefined) return row.labelled && row.version === 1 ? [] : names;
  if (isEnded(row.status)) return [];
  if (isEnded(previous.status) || timeGiven(row) > timeGiven(previous)) return names;
  const before = labelNamesOf(previous);
  return names.filter((name) => !before.includes(name));
}
