import type { MemoryStore } from '../agents/agent-ports.ts';
import type { EdgeStore } from '../dependencies/edge.ts';
import { type FollowUp, followUpsOf, sendDelaySeconds } from '../follow-up.ts';
import { type LabelStore, labelsOf } from '../labels.ts';
import { outgoingMessageOf } from '../outgoing-message.ts';
import type { LaneSender, ResultStore } from '../ports.ts';
import type { ReleaseSender } from '../release-message.ts';
import type { TaskRow } from '../task-row.ts';
import { createRelatedTasks, type RelatedDeps } from './create-related-tasks.ts';
import { rememberOutputs } from './remember-outputs.ts';

/** A row, and what it was before; without that, all that follows from the row is done. */
export interface RowChange {
  readonly row: TaskRow;
  readonly previous?: TaskRow;
}

export interface FollowUpDeps extends RelatedDeps {
  readonly lanes: LaneSender;
  readonly results: Pick<ResultStore, 'expirePayload' | 'putPayloads' | 'ofAttempt'>;
  readonly memory: Pick<MemoryStore, 'write'>;
  readonly labels: LabelStore;
  readonly edges: Pick<EdgeStore, 'put'>;
  /** How long ended tasks are kept. */
  readonly retentionSeconds: number;
  readonly releases: ReleaseSender;
  /** Told of what cannot be done, now or ever. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface FollowUpReport {
  /** Messages that reached their lane. */
  readonly sent: number;
  /** Tasks for which something is still to be done. */
  readonly failedTaskIds: readonly string[];
}

type Due<Kind extends FollowUp['kind']> = {
  readonly row: TaskRow;
  readonly followUp: FollowUp & { readonly kind: Kind };
};

/** Does what follows from changes of rows: idempotent, so changes may come twice. */
export async function followUpChanges(
  deps: FollowUpDeps,
  changes: readonly RowChange[],
): Promise<FollowUpReport> {
  const due = changes.flatMap(({ row, previous }) =>
    followUpsOf(row, previous).map((followUp) => ({ row, followUp })),
  );
  const only = <Kind extends FollowUp['kind']>(kind: Kind) =>
    due.filter(({ followUp }) => followUp.kind === kind) as Due<Kind>[];
  const sends = only('send');
  const failed = await Promise.all([
    sendAll(deps, sends),
    expireAll(deps, only('expire_payload')),
    createAll(deps, only('create')),
    fallBackAll(deps, only('fall_back')),
    rememberOutputs(
      deps,
      only('remember').map(({ followUp }) => followUp),
    ),
    labelAll(deps, only('label')),
    releaseAll(deps, only('release')),
  ]);
  return { sent: sends.length - failed[0].length, failedTaskIds: [...new Set(failed.flat())] };
}

/** The tasks whose dependents were not told. */
async function releaseAll(deps: FollowUpDeps, due: readonly Due<'release'>[]): Promise<string[]> {
  if (due.length === 0) return [];
  const sent = await deps.releases.send(
    due.map(({ row, followUp }) => ({ task_id: row.task_id, of: followUp.of })),
  );
  return idsOf(due.filter((_, index) => sent[index] !== true));
}

/** The tasks whose message was not sent. */
async function sendAll(deps: FollowUpDeps, sends: readonly Due<'send'>[]): Promise<string[]> {
  if (sends.length === 0) return [];
  const nowMs = deps.clock.nowMs();
  const sent = await deps.lanes.send(
    sends.map(({ row, followUp }) => outgoingMessageOf(row, sendDelaySeconds(followUp, nowMs))),
  );
  return idsOf(sends.filter((_, index) => sent[index] !== true));
}

/**
 * The tasks whose payload was not told to expire. A row may have ended and been retried within one batch: what it was
 * last counts, and the writes go side by side.
 */
async function expireAll(deps: FollowUpDeps, due: readonly Due<'expire_payload'>[]): Promise<string[]> {
  const expiries = [...new Map(due.map((one) => [one.followUp.payloadId, one])).values()];
  const outcomes = await Promise.allSettled(
    expiries.map(({ followUp }) => deps.results.expirePayload(followUp.payloadId, followUp.expiresAtSeconds)),
  );
  return idsOf(expiries.filter((_, index) => outcomes[index]?.status === 'rejected'));
}

/** The tasks of which something that follows is not stored for certain. */
async function createAll(deps: FollowUpDeps, creates: readonly Due<'create'>[]): Promise<string[]> {
  if (creates.length === 0) return [];
  const creations = creates.map(({ row, followUp }) => ({ ...followUp.related, tenant: row.tenant }));
  const stored = await createRelatedTasks(deps, creations).catch((): boolean[] => []);
  return idsOf(creates.filter((_, index) => stored[index] !== true));
}

/**
 * The tasks whose fallback task is not created for certain. The edge is there before it: so its end, however soon,
 * finds who waits for it.
 */
async function fallBackAll(deps: FollowUpDeps, due: readonly Due<'fall_back'>[]): Promise<string[]> {
  if (due.length === 0) return [];
  const isPut = await deps.edges.put(due.map(({ followUp }) => followUp.start.edge));
  const ready = due.filter((_, index) => isPut[index] === true);
  const creations = ready.map(({ row, followUp }) => ({
    ...followUp.start.task,
    tenant: row.tenant,
    marks: { has_dependents: true },
  }));
  const stored = await createRelatedTasks(deps, creations).catch((): boolean[] => []);
  return idsOf([
    ...due.filter((_, index) => isPut[index] !== true),
    ...ready.filter((_, index) => stored[index] !== true),
  ]);
}

/** The tasks of which a label was not put. */
async function labelAll(deps: FollowUpDeps, due: readonly Due<'label'>[]): Promise<string[]> {
  if (due.length === 0) return [];
  const labels = due.flatMap(({ row, followUp }) =>
    labelsOf(row, deps.retentionSeconds, followUp.names).map((label) => ({ row, label })),
  );
  const put = await deps.labels.put(labels.map(({ label }) => label));
  return idsOf(labels.filter((_, index) => put[index] !== true));
}

function idsOf(due: readonly { readonly row: TaskRow }[]): string[] {
  return due.map(({ row }) => row.task_id);
}
