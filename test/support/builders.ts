import { v7 } from 'uuid';
import { acceptTask } from '../../core/accept-task.ts';
import type { AttemptResult } from '../../core/attempt-result.ts';
import { claimWrite } from '../../core/claim.ts';
import { finishWrite } from '../../core/finish.ts';
import type { ReceivedMessage } from '../../core/ports.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import type { Submission } from '../../core/submission.ts';
import type { TaskRow } from '../../core/task-row.ts';

export const NOW_MS = Date.UTC(2026, 10, 21, 10);

let serial = 0;

/** A task id that no other test has. */
export function newTaskId(): string {
  return `task-${v7()}`;
}

/** A row just accepted. */
export function aRow(
  submission: Partial<Submission> = {},
  terms: { taskId?: string; tenant?: string; nowMs?: number } = {},
): TaskRow {
  const { taskId = newTaskId(), tenant = 'tenant-1', nowMs = NOW_MS } = terms;
  return acceptTask({ type: 'echo', payload: { n: 1 }, ...submission }, { taskId, tenant, nowMs, shard: 0 })
    .row;
}

/** The row after one more claim at its `claimable_at`, or now if that has passed. */
export function claimed(
  row: TaskRow,
  leaseId = 'lease-1',
  nowMs = Math.max(NOW_MS, row.claimable_at),
): TaskRow {
  const write = claimWrite(row, { nowMs, leaseMs: 80_000, leaseId });
  const outcome = applyRowWrite(row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('the row cannot be claimed');
  return outcome.row;
}

/** The row after its first attempt has succeeded. */
export function completed(row: TaskRow, nowMs = NOW_MS + 5): TaskRow {
  const running = claimed(row);
  const terms = { nowMs, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 3600 };
  const finish = finishWrite(running, { kind: 'succeeded', resultAttempt: running.attempt }, terms);
  const outcome = applyRowWrite(running, finish);
  if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('the row cannot be finished');
  return outcome.row;
}

/** A lane message for a row, as an executor receives it. */
export function aMessage(
  row: Pick<TaskRow, 'task_id' | 'generation'>,
  overrides: Partial<ReceivedMessage> = {},
): ReceivedMessage {
  serial += 1;
  return {
    task_id: row.task_id,
    generation: row.generation,
    messageId: `message-${serial}`,
    receiptHandle: `receipt-${serial}`,
    receives: 1,
    ...overrides,
  };
}

/** What a successful attempt left. */
export function aResult(
  row: Pick<TaskRow, 'task_id' | 'attempt'>,
  overrides: Partial<AttemptResult> = {},
): AttemptResult {
  return {
    task_id: row.task_id,
    attempt: row.attempt,
    succeeded: true,
    output: '{"n":1}',
    started_at: NOW_MS,
    ended_at: NOW_MS + 5,
    usage: { cpu_ms: 1, max_memory_mb: 90 },
    expires_at: Math.ceil(NOW_MS / 1000) + 3600,
    ...overrides,
  };
}
