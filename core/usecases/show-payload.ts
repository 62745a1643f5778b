import { LIMITS } from '../contract/limits.ts';
import { payloadKeyOf } from '../object-keys.ts';
import { LINK_SECONDS, type ObjectStore } from '../object-store.ts';
import { payloadIdOf } from '../payload-id.ts';
import type { ResultStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';

export interface ShowPayloadDeps {
  readonly results: Pick<ResultStore, 'payloadsOf'>;
  readonly objects: Pick<ObjectStore, 'read' | 'bytesOf' | 'linkToRead'>;
  /** Told of what should be stored and is not. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** A payload as a task shows it. */
export interface ShownPayload {
  readonly payload: unknown;
  readonly payload_url?: string;
}

/** The payload of a row, or a link where it is an object of more than `shownBytes`; null where it is gone, which is told. */
export async function showPayload(
  deps: ShowPayloadDeps,
  row: TaskRow,
  shownBytes: number = LIMITS.shownPayloadBytes,
): Promise<ShownPayload> {
  const isLinked = row.payload_bytes !== undefined && row.payload_bytes > shownBytes;
  if (isLinked) {
    const isThere = (await deps.objects.bytesOf(payloadKeyOf(row))) !== undefined;
    return isThere ? await linkTo(deps, row) : gone(deps, row);
  }
  const text = row.payload ?? (await storedText(deps, row));
  if (text === undefined) return gone(deps, row);
  try {
    return { payload: JSON.parse(text) };
  } catch {
    // Uploaded anew after it was checked, and no JSON any more: the attempt says so, the link shows it.
    return await linkTo(deps, row);
  }
}

async function storedText(deps: ShowPayloadDeps, row: TaskRow): Promise<string | undefined> {
  if (row.payload_bytes !== undefined) return await deps.objects.read(payloadKeyOf(row));
  const payloadId = payloadIdOf(row);
  return (await deps.results.payloadsOf([payloadId])).get(payloadId);
}

async function linkTo(deps: ShowPayloadDeps, row: TaskRow): Promise<ShownPayload> {
  return { payload: null, payload_url: await deps.objects.linkToRead(payloadKeyOf(row), LINK_SECONDS) };
}

function gone(deps: ShowPayloadDeps, row: TaskRow): ShownPayload {
  deps.onTrouble('a stored payload is gone', { task_id: row.task_id });
  return { payload: null };
}
