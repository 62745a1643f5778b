import { type FollowUp, followUpsOf, sendDelaySeconds } from '../follow-up.ts';
import type { Clock, LaneSender, ResultStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';

/** A row, and what it was before; without that, all that follows from the row is done. */
export interface RowChange {
  readonly row: TaskRow;
  readonly previous?: TaskRow;
}

export interface FollowUpDeps {
  readonly lanes: LaneSender;
  readonly results: Pick<ResultStore, 'expirePayload'>;
  readonly clock: Clock;
}

export interface FollowUpReport {
  /** Messages that reached their lane. */
  readonly sent: number;
  /** Tasks for which something is still to be done. */
  readonly failedTaskIds: readonly string[];
}

/** Does what follows from changes of rows: idempotent, so changes may come twice. */
export async function followUpChanges(
  deps: FollowUpDeps,
  changes: readonly RowChange[],
): Promise<FollowUpReport> {
  const due = changes.flatMap(({ row, previous }) =>
    followUpsOf(row, previous).map((followUp) => ({ taskId: row.task_id, followUp })),
  );
  const sends = due.flatMap(({ taskId, followUp }) =>
    followUp.kind === 'send' ? [{ taskId, followUp }] : [],
  );
  const expiries = due.flatMap(({ taskId, followUp }) =>
    followUp.kind === 'expire_payload' ? [{ taskId, followUp }] : [],
  );
  const [sent, expired] = await Promise.all([sendAll(deps, sends), expireAll(deps, expiries)]);
  return { sent: sends.length - sent.length, failedTaskIds: [...new Set([...sent, ...expired])] };
}

/** The tasks whose message was not sent. */
async function sendAll(
  deps: FollowUpDeps,
  sends: readonly { readonly taskId: string; readonly followUp: FollowUp & { kind: 'send' } }[],
): Promise<string[]> {
  if (sends.length === 0) return [];
  const nowMs = deps.clock.nowMs();
  const sent = await deps.lanes.send(
    sends.map(({ taskId, followUp }) => ({
      task_id: taskId,
      generation: followUp.generation,
      lane: followUp.lane,
      delaySeconds: sendDelaySeconds(followUp, nowMs),
    })),
  );
  return sends.filter((_, index) => sent[index] !== true).map(({ taskId }) => taskId);
}

/** The tasks whose payload was not told to expire. */
async function expireAll(
  deps: FollowUpDeps,
  expiries: readonly { readonly taskId: string; readonly followUp: FollowUp & { kind: 'expire_payload' } }[],
): Promise<string[]> {
  const outcomes = await Promise.allSettled(
    expiries.map(({ followUp }) => deps.results.expirePayload(followUp.payloadId, followUp.expiresAtSeconds)),
  );
  return expiries.filter((_, index) => outcomes[index]?.status === 'rejected').map(({ taskId }) => taskId);
}
