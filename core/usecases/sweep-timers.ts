import type { ChangeTerms } from '../changes/change.ts';
import { isNetDue, renewNet } from '../changes/renew-net.ts';
import { endsAttempts, isAbandoned, LOOK_AHEAD_MS, sweepWrite } from '../changes/sweep-timer.ts';
import { newestSuccess } from '../claim.ts';
import { holdsOf } from '../dependencies/members.ts';
import { orderGroupOf } from '../order.ts';
import { outgoingMessageOf } from '../outgoing-message.ts';
import type { LaneSender, ResultStore, TaskStore } from '../ports.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { type CompletionDeps, completeDependencies } from './complete-dependencies.ts';

/** The timer index. Its entries may be a moment behind the rows. */
export interface TimerIndex {
  /** Tasks of a shard whose timer is at `untilMs` or before, the earliest first; `after` goes on from a page. */
  due(query: { shard: string; untilMs: number; limit: number; after?: TimerPosition }): Promise<TimerPage>;
}

/** Where a page of the timer index ended. */
export interface TimerPosition {
  readonly task_id: string;
  readonly timer_at: number;
}

export interface TimerPage {
  readonly taskIds: readonly string[];
  /** Absent on the last page. */
  readonly next?: TimerPosition;
}

export interface SweepDeps extends CompletionDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  /** Read only where the attempts of an agent's task are to end. */
  readonly results: Pick<ResultStore, 'ofTask'>;
  readonly timers: TimerIndex;
  readonly lanes: LaneSender;
}

export interface SweepReport {
  /** Entries that were looked at. */
  readonly due: number;
  /** Rows that were changed. */
  readonly changed: number;
  /** Rows whose change, or whose message, is not certain; the next sweep finds them again. */
  readonly unconfirmed: number;
}

/** Rows that one call of BatchGetItem reads. */
const PAGE = 100;

/**
 * Sweeps one shard of the timer index, page by page to its end: what comes near is given to its lane, what is
 * over its deadline ends, dependencies whose putting was not completed are completed, and ordered tasks whose message
 * may not have been sent are sent, each key in its order and none behind one that is not confirmed. Safe to run twice,
 * late, or beside itself.
 */
export async function sweepTimers(deps: SweepDeps, shard: string): Promise<SweepReport> {
  const untilMs = deps.clock.nowMs() + LOOK_AHEAD_MS;
  let report: SweepReport = { due: 0, changed: 0, unconfirmed: 0 };
  let after: TimerPosition | undefined;
  const stoppedGroups = new Set<string>();
  do {
    const query = { shard, untilMs, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const page = await deps.timers.due(query);
    report = added(report, await sweepPage(deps, page.taskIds, stoppedGroups));
    after = page.next;
  } while (after !== undefined);
  return report;
}

/** `stoppedGroups`: keys of which one message was not confirmed; they are left to the next sweep. */
async function sweepPage(
  deps: SweepDeps,
  taskIds: readonly string[],
  stoppedGroups: Set<string>,
): Promise<SweepReport> {
  if (taskIds.length === 0) return { due: 0, changed: 0, unconfirmed: 0 };
  const rows = await deps.tasks.readAll(taskIds);
  const inOrder = taskIds.flatMap((taskId) => rows.get(taskId) ?? []);
  const terms = { nowMs: deps.clock.nowMs(), retentionSeconds: deps.retentionSeconds };
  const nets = inOrder.filter((row) => isNetDue(row, terms.nowMs));
  const renewals = await sendNets(deps, nets, stoppedGroups);
  const swept = await Promise.all(inOrder.map((row) => decide(deps, row, terms)));
  const writes = [...swept.flatMap((write) => (typeof write === 'object' ? write : [])), ...renewals];
  const unread = swept.filter((write) => write === 'unread').length;
  const outcomes = writes.length === 0 ? [] : await deps.tasks.write(writes);
  const count = (kind: string) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const written = new Set(writes.map(({ taskId }) => taskId));
  const abandoned = inOrder.filter((row) => !written.has(row.task_id) && isAbandoned(row, terms.nowMs));
  const completed = await completeAbandoned(deps, abandoned);
  const unsent = nets.length - renewals.length;
  return {
    due: taskIds.length,
    changed: count('applied') + completed,
    unconfirmed: count('unconfirmed') + abandoned.length - completed + unsent + unread,
  };
}

/** What is to be done with a row; one whose results cannot be read is left to the next sweep. */
async function decide(
  { results }: SweepDeps,
  row: TaskRow,
  terms: ChangeTerms,
): Promise<RowWrite | 'unread' | undefined> {
  const write = sweepWrite(row, terms);
  if (write === undefined || !endsAttempts(row, write)) return write;
  try {
    return sweepWrite(row, terms, newestSuccess(await results.ofTask(row.task_id), row));
  } catch {
    return 'unread';
  }
}

/** Does what is left to do of whoever put dependencies and died: how many tasks that is certain of. */
async function completeAbandoned(deps: SweepDeps, rows: readonly TaskRow[]): Promise<number> {
  const completions = await completeDependencies(
    deps,
    rows.map((row) => ({ row, holds: holdsOf(row), walks: true })),
  );
  return completions.filter(({ kind }) => kind !== 'unconfirmed').length;
}

/** Sends the messages of rows whose net is due; the writes are of those that were sent. */
async function sendNets(
  deps: SweepDeps,
  nets: readonly TaskRow[],
  stoppedGroups: Set<string>,
): Promise<readonly RowWrite[]> {
  const sending = nets.filter((row) => !stoppedGroups.has(orderGroupOf(row)));
  if (sending.length === 0) return [];
  const sent = await deps.lanes.send(sending.map((row) => outgoingMessageOf(row, 0)));
  const nowMs = deps.clock.nowMs();
  return sending.flatMap((row, place) => {
    if (sent[place] === true) return [renewNet(row, nowMs, place)];
    stoppedGroups.add(orderGroupOf(row));
    return [];
  });
}

function added(a: SweepReport, b: SweepReport): SweepReport {
  return { due: a.due + b.due, changed: a.changed + b.changed, unconfirmed: a.unconfirmed + b.unconfirmed };
}
