import { type AcceptanceTerms, acceptTask } from '../accept-task.ts';
import { PAYLOAD_LIFE_SECONDS, payloadIdOf } from '../payload-id.ts';
import type { Clock, InsertOutcome, LaneSender, ResultStore, TaskStore } from '../ports.ts';
import type { RelatedTask } from '../related-tasks.ts';
import type { HourDirectory } from '../task-index.ts';
import type { TaskRow } from '../task-row.ts';
import { hourOf, shardOf } from '../time-index.ts';
import { sendExpress } from './send-express.ts';

export interface RelatedDeps {
  readonly tasks: Pick<TaskStore, 'insert'>;
  readonly results: Pick<ResultStore, 'putPayloads'>;
  readonly lanes: LaneSender;
  readonly hours: HourDirectory;
  readonly clock: Clock;
  /** Shards of the time index. */
  readonly shards: number;
}

/** A task that follows from another, and whose it is. */
export interface RelatedCreation extends RelatedTask {
  readonly tenant: string;
  /** Who waits for it from the beginning. @default nobody */
  readonly marks?: AcceptanceTerms['marks'];
}

/**
 * Creates tasks that follow from others; one that is there already is as good as new. Those on `critical` take the
 * express path. False stands where a task is not stored for certain.
 */
export async function createRelatedTasks(
  deps: RelatedDeps,
  creations: readonly RelatedCreation[],
): Promise<readonly boolean[]> {
  const nowMs = deps.clock.nowMs();
  await deps.hours.announce(hourOf(nowMs), deps.shards);
  const accepted = creations.map(({ taskId, tenant, submission, marks = {} }) =>
    acceptTask(submission, { taskId, tenant, nowMs, shard: shardOf(taskId, deps.shards), marks }),
  );
  const expiresAtSeconds = Math.ceil(nowMs / 1000) + PAYLOAD_LIFE_SECONDS;
  const payloads = accepted.flatMap(({ row, storedPayload: text }) =>
    text === undefined ? [] : [{ taskId: payloadIdOf(row), text, expiresAtSeconds }],
  );
  const puts = payloads.length === 0 ? [] : await deps.results.putPayloads(payloads);
  const lost = new Set(payloads.filter((_, index) => puts[index] !== true).map(({ taskId }) => taskId));
  const rows = accepted.map(({ row }) => row).filter((row) => !lost.has(payloadIdOf(row)));
  const outcomes = await deps.tasks.insert(rows);
  const stored = new Set(
    rows.filter((_, index) => outcomes[index] !== undefined && outcomes[index].kind !== 'unconfirmed'),
  );
  await sendExpress(
    deps.lanes,
    rows.flatMap((row, index) => rowAsStored(row, outcomes[index])),
  );
  return accepted.map(({ row }) => stored.has(row));
}

/** Nothing where that is not certain. */
function rowAsStored(row: TaskRow, outcome: InsertOutcome | undefined): TaskRow | readonly TaskRow[] {
  if (outcome?.kind === 'exists') return outcome.row;
  return outcome?.kind === 'inserted' ? row : [];
}
