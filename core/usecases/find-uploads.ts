import { ByteRoom } from '../byte-room.ts';
import type { Checked } from '../contract/input-errors.ts';
import { uploadKeyOf } from '../object-keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { openPayloadRef, type PromisedUpload } from '../payload-ref.ts';
import type { Clock } from '../ports.ts';
import type { Submission, UploadedPayload } from '../submission.ts';
import type { FindTaskType } from '../task-types.ts';
import { checkUploadedPayload } from './check-uploaded-payload.ts';
import type { CursorKeys } from './cursor-position.ts';

export interface UploadDeps {
  readonly objects: Pick<ObjectStore, 'bytesOf' | 'read'>;
  /** They sign references as they sign cursors. */
  readonly cursorKeys: CursorKeys;
  readonly clock: Clock;
  readonly findTaskType: FindTaskType;
}

/** Bytes of uploads that are looked into at a time: a batch may name 500 of 1 MB each. */
const LOOKED_INTO_BYTES = 16 * 1024 * 1024;

/**
 * The submissions with what their `payload_ref`s stand for, or all that is wrong with any of these: it must be
 * ours, of this tenant and not expired, and its object be there, of the promised size. `pathOf` says where a
 * submission stands in the body.
 */
export async function findUploads(
  deps: UploadDeps,
  tenant: string,
  submissions: readonly Submission[],
  pathOf: (index: number) => string,
): Promise<Checked<readonly Submission[]>> {
  const refs = submissions.flatMap(({ payload_ref }) => payload_ref ?? []);
  if (refs.length === 0) return { ok: true, value: submissions };
  const promises = await openRefs(deps, tenant, refs);
  const room = new ByteRoom(LOOKED_INTO_BYTES);
  const found = await Promise.all(submissions.map((one) => findUpload(deps, one, promises, room)));
  const errors = found.flatMap((one, index) =>
    'problem' in one ? [{ path: `${pathOf(index)}/payload_ref`, message: one.problem }] : [],
  );
  const value = found.flatMap((one) => ('problem' in one ? [] : [one]));
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value };
}

type Promises = ReadonlyMap<string, PromisedUpload>;

/** What references stand for, by reference; one that is not this tenant's is left out. */
async function openRefs(deps: UploadDeps, tenant: string, refs: readonly string[]): Promise<Promises> {
  const openWith = (keys: readonly string[]) =>
    refs.flatMap((ref) => {
      const opened = openPayloadRef(tenant, ref, keys);
      return opened === undefined ? [] : [[ref, opened] as const];
    });
  const known = openWith(await deps.cursorKeys.read());
  if (known.length === refs.length) return new Map(known);
  return new Map(openWith(await deps.cursorKeys.read({ fresh: true })));
}

async function findUpload(
  deps: UploadDeps,
  submission: Submission,
  promises: Promises,
  room: ByteRoom,
): Promise<Submission | { readonly problem: string }> {
  if (submission.payload_ref === undefined) return submission;
  const promised = promises.get(submission.payload_ref);
  if (promised === undefined) {
    return {
      problem: 'it is no payload_ref of this caller; send what POST /uploads has answered, unchanged',
    };
  }
  const upload = { key: uploadKeyOf(promised.uploadId), bytes: promised.bytes };
  const problem =
    (await absence(deps, promised, upload)) ??
    (await checkUploadedPayload({ ...deps, room }, submission.type, upload));
  return problem === undefined ? { ...submission, upload } : { problem };
}

/** Why an upload cannot be taken, whatever is in it. */
async function absence(
  deps: UploadDeps,
  promised: PromisedUpload,
  upload: UploadedPayload,
): Promise<string | undefined> {
  if (promised.expiresAtMs <= deps.clock.nowMs()) {
    const at = new Date(promised.expiresAtMs).toISOString();
    return `it expired at ${at}; ask for another by POST /uploads, and upload the payload again`;
  }
  const bytes = await deps.objects.bytesOf(upload.key);
  if (bytes === undefined) return 'nothing has been uploaded; PUT the payload to its upload_url first';
  if (bytes === upload.bytes) return undefined;
  return `${bytes} bytes were uploaded, and ${upload.bytes} promised; ask for another by POST /uploads`;
}
