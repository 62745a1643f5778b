import { holdsLease } from '../agents/agent-claim.ts';
import type { AttemptResult } from '../attempt-result.ts';
import { leaseLost, storageUnavailable } from '../errors.ts';
import { type AttemptOutcome, finishWrite, successOf } from '../finish.ts';
import { decodeHistory } from '../history.ts';
import { isLarge } from '../large-value.ts';
import type { ObjectStore } from '../object-store.ts';
import type { Clock, ResultStore, TaskStore } from '../ports.ts';
import type { RetryPolicy } from '../retry.ts';
import { failure, type TaskFailure } from '../task-failure.ts';
import type { TaskRow } from '../task-row.ts';
import { keepOutput } from './keep-output.ts';
import { readRow } from './read-task.ts';

export interface ReportDeps {
  readonly tasks: Pick<TaskStore, 'read' | 'write'>;
  readonly results: Pick<ResultStore, 'attempts' | 'putFirst'>;
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryPolicyOf: (row: TaskRow) => RetryPolicy;
  readonly retentionSeconds: number;
}

/** What an agent says of a task that it had claimed. */
export type AgentReport =
  | { readonly kind: 'completed'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly failure: TaskFailure };

/**
 * Ends an agent's attempt: stores what it left, then finishes the task. The same call again answers the same.
 * Throws `task_not_found`, and `lease_lost` where the task is no longer the caller's.
 */
export async function reportForAgent(
  deps: ReportDeps,
  taskId: string,
  leaseToken: string,
  report: AgentReport,
): Promise<TaskRow> {
  const row = await readRow(deps, taskId);
  if (!holdsLease(row, leaseToken)) return reportedBefore(row, leaseToken, report);
  const stored = await store(deps, row, resultOf(deps, row, report)).catch(() => undefined);
  if (stored === undefined) throw unconfirmed();
  const finished = await finish(deps, row, outcomeOf(stored));
  if (finished === undefined) return await finishInstead(deps, row, leaseToken, report);
  return reportedBefore(finished, leaseToken, report);
}

/** The result that stands. One that was stored before keeps the object which it tells of: no other takes its place. */
async function store(deps: ReportDeps, row: TaskRow, result: AttemptResult): Promise<AttemptResult> {
  const isObject = result.output !== undefined && isLarge(result.output);
  const [before] = isObject ? await deps.results.attempts([result]) : [];
  return before ?? (await deps.results.putFirst(await keepOutput(deps.objects, row, result)));
}

/** Of two reports of one attempt the first that was stored counts, whoever writes the end. */
function outcomeOf(stored: AttemptResult): AttemptOutcome {
  if (stored.succeeded) return successOf(stored);
  const lost = failure('handler_error', 'the attempt failed without an error', true);
  return { kind: 'failed', failure: stored.error ?? lost };
}

/** The row as the finish has left it; undefined where it was refused. */
async function finish(deps: ReportDeps, row: TaskRow, outcome: AttemptOutcome): Promise<TaskRow | undefined> {
  const write = finishWrite(row, outcome, {
    nowMs: deps.clock.nowMs(),
    random: deps.random(),
    policy: deps.retryPolicyOf(row),
    retentionSeconds: deps.retentionSeconds,
  });
  const [written] = await deps.tasks.write([{ ...write, returnRow: true }]);
  if (written?.kind === 'applied') return written.row ?? (await readRow(deps, row.task_id));
  if (written?.kind !== 'refused') throw unconfirmed();
  return undefined;
}

/** A cancel that was accepted meanwhile takes the place of a failure; else somebody else has the task, or it has ended. */
async function finishInstead(
  deps: ReportDeps,
  { task_id }: TaskRow,
  leaseToken: string,
  report: AgentReport,
): Promise<TaskRow> {
  const row = await readRow(deps, task_id);
  if (holdsLease(row, leaseToken) && row.cancel_requested)
    return (await finish(deps, row, { kind: 'cancelled' })) ?? (await readRow(deps, task_id));
  return reportedBefore(row, leaseToken, report);
}

/** The task of a report that was written before, whose answer was lost. */
function reportedBefore(row: TaskRow, leaseToken: string, report: AgentReport): TaskRow {
  const isOwn = row.lease_id === leaseToken && row.status !== 'processing';
  const isSame =
    report.kind === 'completed'
      ? row.status === 'completed' && row.result_attempt === row.attempt
      : row.status !== 'completed' || row.fallback_used === true;
  if (isOwn && isSame) return row;
  throw leaseLost(row.task_id);
}

function resultOf(deps: ReportDeps, row: TaskRow, report: AgentReport): AttemptResult {
  const nowMs = deps.clock.nowMs();
  const claimedAtMs = decodeHistory(row.history).findLast(({ to }) => to === 'processing')?.at ?? nowMs;
  return {
    task_id: row.task_id,
    attempt: row.attempt,
    started_at: claimedAtMs,
    ended_at: nowMs,
    // What an agent uses is its own affair.
    usage: { cpu_ms: 0, max_memory_mb: 0 },
    expires_at: Math.ceil(nowMs / 1000) + deps.retentionSeconds,
    ...(report.kind === 'completed'
      ? { succeeded: true, output: JSON.stringify(report.output ?? null) }
      : { succeeded: false, error: report.failure }),
  };
}

/** The failure that an agent reports. */
export function reportedFailure(error: {
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean;
}): TaskFailure {
  return failure(error.code, error.message, error.retryable ?? true);
}

function unconfirmed() {
  return storageUnavailable('it is not certain that the report is stored: send it again');
}
