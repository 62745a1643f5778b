import type { TaskStatus } from './status.ts';

/** One transition of a task. */
export interface HistoryEntry {
  readonly at: number;
  readonly from: TaskStatus | null;
  readonly to: TaskStatus;
  readonly cause: string;
}

/** Transitions that a row keeps: the first two, the first start, and the newest. */
export const MAX_HISTORY = 50;

const LETTERS = {
  waiting: 'w',
  scheduled: 's',
  queued: 'q',
  processing: 'p',
  retrying: 'r',
  completed: 'c',
  failed: 'f',
  cancelled: 'x',
} as const satisfies Record<TaskStatus, string>;

const STATUS_OF_LETTER = new Map<string, TaskStatus>(
  Object.entries(LETTERS).map(([status, letter]) => [letter, status as TaskStatus]),
);

/**
 * A transition as the row stores it: time in base 36, the new state's letter, the cause. About 17 bytes
 * (`mi8zk3q1q submitted`): three of them, on the normal path, cost the row some 60.
 */
export function encodeTransition(atMs: number, to: TaskStatus, cause: string): string {
  return `${atMs.toString(36)}${LETTERS[to]} ${cause.slice(0, 64)}`;
}

/** The transitions of a row, oldest first. */
export function decodeHistory(stored: readonly string[]): HistoryEntry[] {
  let from: TaskStatus | null = null;
  return stored.map((text) => {
    const space = text.indexOf(' ');
    const to = STATUS_OF_LETTER.get(text.charAt(space - 1));
    if (to === undefined) throw new TypeError(`"${text}" is no stored transition`);
    const entry = {
      at: Number.parseInt(text.slice(0, space - 1), 36),
      from,
      to,
      cause: text.slice(space + 1),
    };
    from = to;
    return entry;
  });
}

/**
 * A history with one more transition, within MAX_HISTORY. The first start comes late in the history of a task that
 * waited for others, or was put off, before it.
 */
export function extendHistory(stored: readonly string[], next: string): string[] {
  const all = [...stored, next];
  if (all.length <= MAX_HISTORY) return all;
  const start = all.findIndex(isStart);
  const isBetween = start > 1 && start < all.length - (MAX_HISTORY - 2);
  const newest = all.length - (MAX_HISTORY - (isBetween ? 3 : 2));
  return all.filter((_, index) => index < 2 || index === start || index >= newest);
}

function isStart(stored: string): boolean {
  return stored.charAt(stored.indexOf(' ') - 1) === LETTERS.processing;
}
