import type { ByteRoom } from '../byte-room.ts';
import { checkInput } from '../contract/input-errors.ts';
import { LIMITS } from '../contract/limits.ts';
import { DomainError, type InputError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import { parseStrictJson } from '../strict-json.ts';
import type { UploadedPayload } from '../submission.ts';
import type { FindTaskType } from '../task-types.ts';

export interface CheckDeps {
  readonly objects: Pick<ObjectStore, 'read'>;
  readonly findTaskType: FindTaskType;
  readonly room: ByteRoom;
}

/** Errors of an uploaded payload that are told. */
const MAX_TOLD = 3;

/**
 * What is wrong with an uploaded payload, as far as it is cheap to know: up to what a body may have it is read
 * and checked as a payload in a body is. A larger one is checked by each attempt, which it fails for good.
 */
export async function checkUploadedPayload(
  deps: CheckDeps,
  type: string,
  { key, bytes }: UploadedPayload,
): Promise<string | undefined> {
  const taskType = deps.findTaskType(type);
  if (bytes > LIMITS.bodyBytes || taskType === undefined) return undefined;
  const leave = await deps.room.take(bytes);
  try {
    const text = await deps.objects.read(key);
    if (text === undefined) return 'what was uploaded is gone; upload it again';
    const checked = checkInput(taskType.input, parseStrictJson(text, 'the uploaded payload'));
    return checked.ok ? undefined : told(checked.errors);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const errors = error.members.errors as readonly InputError[] | undefined;
    return errors === undefined ? error.message : told(errors);
  } finally {
    leave();
  }
}

function told(errors: readonly InputError[]): string {
  const shown = errors.slice(0, MAX_TOLD).map(({ path, message }) => `${path || '/'}: ${message}`);
  const more = errors.length > MAX_TOLD ? `; ${errors.length - MAX_TOLD} more` : '';
  return `the uploaded payload does not fit its type: ${shown.join('; ')}${more}`;
}
