import { asRead } from '../changes/change.ts';
import { type RowWrite, transition } from '../row-write.ts';
import { sourcesOf } from '../status.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { isPulled } from './mailbox.ts';

export interface AgentClaimTerms {
  readonly nowMs: number;
  readonly leaseSeconds: number;
  /** Random, new for each claim: the fence of whoever holds it. */
  readonly leaseToken: string;
  readonly agentId: string;
}

/**
 * The claim of a task by an agent: only if the row is the one that was read, its lease as it was read included.
 * Undefined where it cannot be claimed now.
 */
export function agentClaimWrite(row: TaskRow, terms: AgentClaimTerms): RowWrite | undefined {
  const { nowMs, leaseSeconds, leaseToken, agentId } = terms;
  if (!isPulled(row) || row.claimable_at > nowMs || !sourcesOf('processing').includes(row.status))
    return undefined;
  const claimable_at = nowMs + leaseSeconds * 1000;
  const { set, remove } = timerChange(row, { ...row, status: 'processing', claimable_at }, nowMs);
  return transition(row.task_id, {
    to: 'processing',
    atMs: nowMs,
    cause: `claimed by ${agentId}`,
    expect: [...asRead(row), { attribute: 'claimable_at', equals: row.claimable_at }],
    set: { claimable_at, lease_id: leaseToken, lease_seconds: leaseSeconds, claimed_by: agentId, ...set },
    increment: ['attempt'],
    remove,
    known: row,
    returnRow: true,
  });
}

/** Whether a lease is still its holder's: also one that is over, as long as nobody has taken the task. */
export function holdsLease(row: TaskRow | undefined, leaseToken: string): row is TaskRow {
  return row !== undefined && row.status === 'processing' && isPulled(row) && row.lease_id === leaseToken;
}

/** The heartbeat of an agent: its lease ends later, by as many seconds as it was claimed for. */
export function agentHeartbeatWrite(
  row: TaskRow,
  { nowMs, progress }: { readonly nowMs: number; readonly progress?: TaskRow['progress'] },
): RowWrite {
  const claimable_at = Math.max(nowMs + (row.lease_seconds ?? 0) * 1000, row.claimable_at);
  const { set, remove } = timerChange(row, { ...row, claimable_at }, nowMs);
  return {
    taskId: row.task_id,
    expect: [
      { attribute: 'attempt', equals: row.attempt },
      { attribute: 'status', oneOf: ['processing'] },
      { attribute: 'claimable_at', equals: row.claimable_at },
    ],
    set: { claimable_at, ...(progress === undefined ? {} : { progress }), ...set },
    increment: [],
    remove,
    returnRow: true,
  };
}
