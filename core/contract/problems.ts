/** Status and title of every problem document, by its `code`. One table for the answers and the OpenAPI document. */
export const PROBLEMS = {
  invalid_json: { status: 400, title: 'The body is no JSON' },
  unauthorized: { status: 401, title: 'A valid access token is required' },
  forbidden: { status: 403, title: 'The role does not allow this' },
  not_found: { status: 404, title: 'There is no such path' },
  task_not_found: { status: 404, title: 'There is no such task' },
  agent_not_found: { status: 404, title: 'There is no such agent' },
  memory_not_found: { status: 404, title: 'Nothing is remembered under the key' },
  method_not_allowed: { status: 405, title: 'The path does not know this method' },
  invalid_state_transition: { status: 409, title: 'The state of the task does not allow this' },
  lease_lost: { status: 409, title: 'The lease belongs to nobody, or to somebody else' },
  task_not_finished: { status: 409, title: 'The task has not ended' },
  version_mismatch: { status: 412, title: 'It has changed since' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  answer_too_large: { status: 413, title: 'The answer would be too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  dependency_not_found: { status: 422, title: 'A dependency is no task' },
  dependency_cycle: { status: 422, title: 'Tasks would wait for each other' },
  validation_failed: { status: 422, title: 'The input is not valid' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another body' },
  lane_full: { status: 429, title: 'The lane takes no more for now' },
  internal_error: { status: 500, title: 'Something went wrong here' },
  storage_unavailable: { status: 503, title: 'The store did not confirm' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The `type` of a problem: a stable name, no address. */
export function problemType(code: ProblemCode): string {
  return `urn:tasklane:problem:${code}`;
}
