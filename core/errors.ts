import type { ProblemCode } from './contract/problems.ts';
import type { FullLane } from './lane-depth.ts';

/** One thing that is wrong with an input; `path` is a JSON pointer into it (`/tasks/2/priority`). */
export interface InputError {
  readonly path: string;
  readonly message: string;
}

/** What a caller is told when a request cannot be served. The edge turns it into a problem document. */
export class DomainError extends Error {
  readonly code: ProblemCode;
  /** Further members of the problem document. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
    this.members = members;
  }
}

/**
 * Input errors that one answer lists: a body of 1 MB can hold some 200,000 of them, and their list would be
 * larger than a Lambda function may answer (6 MB).
 */
export const MAX_INPUT_ERRORS = 1000;

export function validationFailed(errors: readonly InputError[]): DomainError {
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  const detail =
    errors.length > MAX_INPUT_ERRORS
      ? `${count} in the input; the first ${MAX_INPUT_ERRORS} are listed`
      : `${count} in the input: see "errors"`;
  return new DomainError('validation_failed', detail, { errors: errors.slice(0, MAX_INPUT_ERRORS) });
}

export function taskNotFound(taskId: string): DomainError {
  return new DomainError(
    'task_not_found',
    `there is no task ${taskId}; ended tasks are kept for a limited time`,
  );
}

export function taskNotFinished(taskId: string, status: string): DomainError {
  const text = `task ${taskId} is ${status}: it has a result when it has ended; wait with ?wait_seconds=25`;
  return new DomainError('task_not_finished', text, { task_id: taskId, task_status: status });
}

export function idempotencyKeyReused(members: Readonly<Record<string, unknown>> = {}): DomainError {
  const text =
    'this Idempotency-Key was used with another body; send the same body again, or a new key for a new one';
  return new DomainError('idempotency_key_reused', text, members);
}

export function storageUnavailable(
  message: string,
  members: Readonly<Record<string, unknown>> = {},
): DomainError {
  return new DomainError('storage_unavailable', message, members);
}

export function invalidStateTransition(
  { task_id, status }: { readonly task_id: string; readonly status: string },
  rule: string,
): DomainError {
  const text = `task ${task_id} is ${status}: ${rule}`;
  return new DomainError('invalid_state_transition', text, { task_id, task_status: status });
}

export function versionMismatch(present: number): DomainError {
  const text = `If-Match does not name the present version, ${present}: read it again, and decide anew`;
  return new DomainError('version_mismatch', text, { version: present });
}

export function leaseLost(taskId: string): DomainError {
  const text = `the lease of ${taskId} is no longer yours: it ended, or the task was cancelled, restarted or claimed by another`;
  return new DomainError('lease_lost', text, { task_id: taskId });
}

export function dependencyNotFound(
  taskIds: readonly string[],
  errors: readonly InputError[] = [],
): DomainError {
  const text = `there is no task ${taskIds.join(', ')} to depend on; ended tasks are kept for a limited time`;
  const listed = errors.length === 0 ? {} : { errors: errors.slice(0, MAX_INPUT_ERRORS) };
  return new DomainError('dependency_not_found', text, { task_ids: taskIds, ...listed });
}

/** `path` leads from a task, or a member of a batch, back to itself. */
export function dependencyCycle(path: readonly string[], errors: readonly InputError[] = []): DomainError {
  const text = `${path.join(' -> ')}: each would wait for the next, for ever; leave one of them out`;
  return new DomainError('dependency_cycle', text, {
    cycle: path,
    ...(errors.length === 0 ? {} : { errors }),
  });
}

export function laneFull({ lane, pending, maxPending }: FullLane): DomainError {
  const text = `${pending} messages wait on the lane ${lane}, and at most ${maxPending} may: send it again later`;
  return new DomainError('lane_full', text, { lane, pending, max_pending: maxPending });
}
