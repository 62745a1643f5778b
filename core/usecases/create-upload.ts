import { checkInput } from '../contract/input-errors.ts';
import { type Upload, uploadRequestSchema } from '../contract/upload-schema.ts';
import { validationFailed } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { uploadKeyOf } from '../object-keys.ts';
import { LINK_SECONDS, type ObjectStore } from '../object-store.ts';
import { signPayloadRef } from '../payload-ref.ts';
import type { Clock } from '../ports.ts';
import type { CursorKeys } from './cursor-position.ts';

export interface CreateUploadDeps {
  readonly objects: Pick<ObjectStore, 'linkToPut'>;
  /** They sign references as they sign cursors. */
  readonly cursorKeys: CursorKeys;
  readonly clock: Clock;
  /** Random, new for each upload: whoever guesses it has none of it without a link. */
  readonly newUploadId: () => string;
}

/**
 * Promises a place for a payload, for an hour. Nothing is stored: what nobody puts or nobody submits is gone by
 * itself. Throws `validation_failed`.
 */
export async function createUpload(
  deps: CreateUploadDeps,
  { tenant, body }: { readonly tenant: string; readonly body: unknown },
): Promise<Upload> {
  const checked = checkInput(uploadRequestSchema, body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const { size } = checked.value;
  const uploadId = deps.newUploadId();
  const expiresAtMs = deps.clock.nowMs() + LINK_SECONDS * 1000;
  const [key = ''] = await deps.cursorKeys.read();
  return {
    upload_url: await deps.objects.linkToPut(uploadKeyOf(uploadId), size, LINK_SECONDS),
    method: 'PUT',
    payload_ref: signPayloadRef(tenant, { uploadId, bytes: size, expiresAtMs }, key),
    size,
    content_type: 'application/json',
    expires_at: isoTime(expiresAtMs),
  };
}
