import type { AcceptedTask } from '../accept-task.ts';
import { type LabelStore, labelsOf } from '../labels.ts';
import { payloadKeyOf } from '../object-keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { PAYLOAD_LIFE_SECONDS, payloadIdOf } from '../payload-id.ts';
import type { Clock, ResultStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';

export interface PartsDeps {
  readonly results: Pick<ResultStore, 'putPayloads'>;
  readonly objects: Pick<ObjectStore, 'put' | 'copy'>;
  readonly labels: LabelStore;
  readonly clock: Clock;
  /** How long ended tasks are kept. */
  readonly retentionSeconds: number;
}

/** The rows that may not be put yet, for something of theirs is not confirmed, each with the reason. */
export type IncompleteRows = Map<TaskRow, string>;

/**
 * Stores what accepted tasks have outside their rows, before the rows: payloads as items or objects, and the
 * labels by which a row is found. Whoever sees a row finds all of it.
 */
export async function storeParts(
  deps: PartsDeps,
  accepted: readonly AcceptedTask[],
): Promise<IncompleteRows> {
  const incomplete: IncompleteRows = new Map();
  await Promise.all([
    storePayloads(deps, accepted, incomplete),
    storeObjects(deps, accepted, incomplete),
    storeLabels(deps, accepted, incomplete),
  ]);
  return incomplete;
}

async function storePayloads(
  { clock, results }: PartsDeps,
  accepted: readonly AcceptedTask[],
  incomplete: IncompleteRows,
): Promise<void> {
  const expiresAtSeconds = Math.ceil(clock.nowMs() / 1000) + PAYLOAD_LIFE_SECONDS;
  const payloads = accepted.flatMap(({ row, storedPayload: text }) =>
    text === undefined ? [] : [{ row, payload: { taskId: payloadIdOf(row), text, expiresAtSeconds } }],
  );
  if (payloads.length === 0) return;
  const confirmed = await results.putPayloads(payloads.map(({ payload }) => payload)).catch(() => []);
  for (const [index, { row }] of payloads.entries())
    if (confirmed[index] !== true) incomplete.set(row, 'the payload is not stored for certain');
}

async function storeObjects(
  { objects }: PartsDeps,
  accepted: readonly AcceptedTask[],
  incomplete: IncompleteRows,
): Promise<void> {
  await Promise.all(
    accepted.map(async ({ row, objectPayload: payload }) => {
      if (payload === undefined) return;
      try {
        if ('text' in payload) await objects.put(payloadKeyOf(row), payload.text);
        else await objects.copy(payload.uploadKey, payloadKeyOf(row));
      } catch (error) {
        incomplete.set(row, error instanceof Error ? error.message : String(error));
      }
    }),
  );
}

async function storeLabels(
  { labels, retentionSeconds }: PartsDeps,
  accepted: readonly AcceptedTask[],
  incomplete: IncompleteRows,
): Promise<void> {
  const put = accepted.flatMap(({ row }) => labelsOf(row, retentionSeconds).map((label) => ({ row, label })));
  if (put.length === 0) return;
  const confirmed = await labels.put(put.map(({ label }) => label)).catch(() => []);
  for (const [index, { row }] of put.entries())
    if (confirmed[index] !== true) incomplete.set(row, 'the labels are not stored for certain');
}
