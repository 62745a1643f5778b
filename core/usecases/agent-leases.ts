import { agentHeartbeatWrite, holdsLease } from '../agents/agent-claim.ts';
import { isoTime } from '../iso-time.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { Progress } from '../progress.ts';
import type { TaskRow } from '../task-row.ts';

export interface LeaseDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  readonly clock: Clock;
}

/** A lease that an agent wants to keep. */
export interface LeaseBeat {
  readonly task_id: string;
  readonly lease_token: string;
  readonly progress?: Progress;
}

/** What became of it. */
export type LeaseAnswer =
  | { readonly task_id: string; readonly lease_expires_at: string; readonly cancel_requested: boolean }
  | { readonly task_id: string; readonly code: 'lease_lost' };

/** Extends leases by the time that each was claimed for; every answer at its question's place. */
export async function extendLeases(
  deps: LeaseDeps,
  beats: readonly LeaseBeat[],
): Promise<readonly LeaseAnswer[]> {
  if (beats.length === 0) return [];
  const rows = await deps.tasks.readAll([...new Set(beats.map(({ task_id }) => task_id))]);
  const nowMs = deps.clock.nowMs();
  const held = beats.flatMap((beat) => {
    const row = rows.get(beat.task_id);
    return holdsLease(row, beat.lease_token) ? [{ beat, row }] : [];
  });
  const writes = held.map(({ beat, row }) =>
    agentHeartbeatWrite(row, { nowMs, ...(beat.progress === undefined ? {} : { progress: beat.progress }) }),
  );
  const outcomes = writes.length === 0 ? [] : await deps.tasks.write(writes);
  const kept = new Map<LeaseBeat, TaskRow>();
  for (const [index, { beat }] of held.entries()) {
    const outcome = outcomes[index];
    if (outcome?.kind === 'unconfirmed') throw new Error(`a heartbeat is not confirmed: ${outcome.reason}`);
    // Refused by the row as another heartbeat of the same lease has left it.
    if (outcome?.row !== undefined && holdsLease(outcome.row, beat.lease_token)) kept.set(beat, outcome.row);
  }
  return beats.map((beat) => answerOf(beat, kept.get(beat)));
}

function answerOf({ task_id }: LeaseBeat, row: TaskRow | undefined): LeaseAnswer {
  if (row === undefined) return { task_id, code: 'lease_lost' };
  return {
    task_id,
    lease_expires_at: isoTime(row.claimable_at),
    cancel_requested: row.cancel_requested === true,
  };
}
