import { openSealedText, type SealScope, sealText } from './sealed-text.ts';

/** A promised upload: which object, and of how many bytes. */
export interface PromisedUpload {
  readonly uploadId: string;
  readonly bytes: number;
  /** From when it can no longer be submitted, in milliseconds. */
  readonly expiresAtMs: number;
}

/** The opaque `payload_ref` of an upload: only its tenant can submit it. */
export function signPayloadRef(tenant: string, upload: PromisedUpload, key: string): string {
  return sealText(scopeOf(tenant), [upload.uploadId, upload.bytes, upload.expiresAtMs], key);
}

/** The upload of a `payload_ref`, also an expired one, if one of the keys signed it for this tenant. */
export function openPayloadRef(
  tenant: string,
  payloadRef: string,
  keys: readonly string[],
): PromisedUpload | undefined {
  const opened = openSealedText(scopeOf(tenant), payloadRef, keys) as
    | readonly [string, number, number]
    | undefined;
  if (opened === undefined) return undefined;
  const [uploadId, bytes, expiresAtMs] = opened;
  return { uploadId, bytes, expiresAtMs };
}

/** No cursor begins so: it opens no payload, and no reference a list. */
function scopeOf(tenant: string): SealScope {
  return ['payload_ref', tenant];
}
