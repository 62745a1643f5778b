import type { AttemptResult } from './attempt-result.ts';
import type { TaskDebug } from './contract/debug-schema.ts';
import type { DebugEvent, DebugReport } from './debug-report.ts';
import { decodeHistory } from './history.ts';
import { isoTime } from './iso-time.ts';
import type { TaskStatus } from './status.ts';
import type { TaskRow } from './task-row.ts';

/** What the finish of an attempt that left a result makes of its task. */
const FINISHED: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'retrying']);

type ShownAttempt = TaskDebug['attempts'][number];

/**
 * The debug reports of a task's attempts as the API shows them. When a result was stored is told by the row: the
 * transition that followed the attempt's claim was written as soon as that was confirmed.
 */
export function debugOf(row: TaskRow, results: readonly AttemptResult[]): TaskDebug {
  const attempts = results.flatMap(({ attempt, debug }) =>
    debug === undefined ? [] : [shown(attempt, debug, finishedAt(row, debug))],
  );
  return { warnings: attempts.flatMap(({ warnings }) => warnings), attempts };
}

function shown(attempt: number, report: DebugReport, storedAtMs: number | undefined): ShownAttempt {
  const stored: readonly DebugEvent[] =
    storedAtMs === undefined ? [] : [{ at: storedAtMs, event: 'result_stored' }];
  return {
    ...report,
    attempt,
    events: [...report.events, ...stored].map(({ at, ...event }) => ({ at: isoTime(at), ...event })),
  };
}

/** The transition after the claim that the report tells of; undefined where the history has forgotten it. */
function finishedAt(row: TaskRow, { events }: DebugReport): number | undefined {
  const claimedAt = events.find(({ event }) => event === 'claimed')?.at;
  const history = decodeHistory(row.history);
  const claim = history.findIndex(({ at, to }) => to === 'processing' && at === claimedAt);
  const next = claim === -1 ? undefined : history[claim + 1];
  return next !== undefined && FINISHED.has(next.to) ? next.at : undefined;
}
