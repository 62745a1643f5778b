import { DEFAULT_PRIORITY, type Lane, laneOf } from './lane.ts';
import type { Requirements } from './requirements.ts';
import type { RetryPolicy } from './retry.ts';
import type { TaskStatus } from './status.ts';
import type { Fallback, Submission } from './submission.ts';
import type { TaskFailure } from './task-failure.ts';

/**
 * A task as the tasks table holds it. Values that equal the platform's default are not stored: an ordinary
 * finished row stays below 1,024 bytes, one write unit a change. Times are milliseconds since 1970.
 */
export interface TaskRow {
  readonly task_id: string;
  readonly type: string;
  readonly tenant: string;
  readonly status: TaskStatus;

  /** Rises with each change of state and each PATCH. */
  readonly version: number;
  /** Rises with each claim: the fence. */
  readonly attempt: number;
  /** Rises whenever the task is put on a lane anew; the lane message carries it. */
  readonly generation: number;
  /** Rises with each finish that failed: what the retry policy counts. */
  readonly failures: number;
  /** Rises with each claim that is given back: it neither failed nor ended the task. */
  readonly released: number;

  /** From when the row may be claimed: 0, a due time, the end of the lease, or NEVER once ended. */
  readonly claimable_at: number;
  /** Who claimed last: a random text of the claim. */
  readonly lease_id?: string;
  /** The attempt at the last failed finish: errors up to it have been counted. */
  readonly counted?: number;
  /** The attempt whose result counts, once completed. */
  readonly result_attempt?: number;

  /** Transitions as `encodeTransition` writes them; the task's times are read from them. */
  readonly history: readonly string[];

  /** Time index: hour and shard; creation time and id. */
  readonly listed_in: string;
  readonly listed_at: string;

  readonly priority?: number;
  readonly name?: string;
  readonly description?: string;
  readonly agent_id?: string;
  /** Under which key the output is stored in the agent's memory, or in the shared one without an agent. */
  readonly remember?: string;
  readonly timeout_seconds?: number;
  /** The parts of the policy that the submission named. */
  readonly retry?: Partial<RetryPolicy>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];

  /** JSON text; absent when the payload is an item of its own in the results table. */
  readonly payload?: string;
  readonly payload_stored?: boolean;
  /** Bytes of a payload that is an object. */
  readonly payload_bytes?: number;
  /** Whether the task has objects, which go when the row goes. */
  readonly has_objects?: boolean;

  readonly error?: TaskFailure;
  readonly progress?: { readonly percent: number; readonly message: string };

  /** What an attempt has left to the next one: JSON text. */
  readonly checkpoint?: string;

  /** Hash of the request's body, of tasks submitted with an idempotency key. */
  readonly body_hash?: string;
  /** When DynamoDB may delete the row, in seconds since 1970; set when the task ends. */
  readonly expires_at?: number;
  /** Failed index, by lane; set while the task is failed. */
  readonly failed_in?: string;

  /** The labels that it was created with were put before it; absent: the dispatcher puts them. */
  readonly labelled?: boolean;

  /** The numbers at the last manual retry: the present life of the task counts from them. */
  readonly life?: LifeBase;
  /** A cancel was accepted while an attempt ran; the row never is failed or retrying with it. */
  readonly cancel_requested?: boolean;
  /** When the task is to run, and when it is to have ended; milliseconds since 1970. */
  readonly scheduled_at?: number;
  readonly deadline?: number;
  /** Timer index: the earliest moment at which something must happen to the row, and its shard. */
  readonly timer_at?: number;
  readonly timer_in?: string;
  /** Its attempts have crashed so often that the next one runs alone. */
  readonly solo?: boolean;

  /** What an agent must be able to do to claim it; only of type `agent`. */
  readonly capability?: string;
  /** Mailbox index: where it waits for an agent, and its place there. */
  readonly mailbox?: string;
  readonly mailbox_at?: string;
  /** For how long, and by whom, it was claimed last; of type `agent`. */
  readonly lease_seconds?: number;
  readonly claimed_by?: string;

  /** Where task and result are posted when the task has ended. */
  readonly callback_url?: string;
  /** What is submitted when the task has failed for good. */
  readonly compensation?: Submission;
  /** What the task completes with when its last attempt has failed. */
  readonly fallback?: Fallback;
  /** It has completed with its fallback; `error` is that of its last attempt. */
  readonly fallback_used?: boolean;
  /** The output that its fallback task has left it. */
  readonly fallback_result?: FallbackResult;
  /** Something follows from the end of the task. */
  readonly on_end?: boolean;
  /** The parts of the requirements that the submission named. */
  readonly requirements?: Partial<Requirements>;
  /** The executor pool that runs it; absent for the smallest. */
  readonly pool?: string;
  /** The last attempt that ran while its executor's memory was high; 0 once the task has moved for it. */
  readonly memory_high?: number;

  /** Submitted with `debug`: its attempts leave reports. */
  readonly debug?: boolean;

  /** How long its output may serve equal tasks; and the epoch of its type's cache when it was submitted, unless 0. */
  readonly cache_ttl_seconds?: number;
  readonly cache_epoch?: number;
  /** Completed from the cache: the id under which its result is stored. */
  readonly cached_result?: string;
  /** What the task depends on, as `encodeDependency` writes it, and the index that the next one gets. */
  readonly dependencies?: readonly string[];
  readonly next_index?: number;
  /** A set: the dependencies, by index, that are still open, and holds of whoever is at work on them. */
  readonly waiting_on?: readonly string[];
  /** Others depend on the task: on its end, and some of them on its first start. */
  readonly has_dependents?: boolean;
  readonly has_start_dependents?: boolean;

  /** Tasks of one tenant with the same key run one at a time, as they were accepted. */
  readonly ordering_key?: string;
  /** Whose share of its lane it takes; its agent's, else its tenant's, unless it is named. */
  readonly fairness_key?: string;
}

/** Where the output is that a fallback task has left to the task which it stands in for. */
export interface FallbackResult {
  /** The id under which the result is stored. */
  readonly task_id: string;
  readonly attempt: number;
  /** The object that the output is, where it is too large for the result. */
  readonly object?: string;
}

/** Numbers of a row as a life of the task began. */
export interface LifeBase {
  readonly attempt: number;
  readonly failures: number;
  readonly released: number;
}

/** What the numbers of a first life count from. */
const FIRST_LIFE: LifeBase = { attempt: 0, failures: 0, released: 0 };

/** What the numbers of a row's present life count from. */
export function lifeOf(row: Pick<TaskRow, 'life'>): LifeBase {
  return row.life ?? FIRST_LIFE;
}

/** `claimable_at` of a row that no claim may ever take (the largest safe integer that a double holds). */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** The priority of a row, the default being left out. */
export function priorityOf(row: Pick<TaskRow, 'priority'>): number {
  return row.priority ?? DEFAULT_PRIORITY;
}

/** The lane of a row. */
export function laneOfRow(row: Pick<TaskRow, 'priority'>): Lane {
  return laneOf(priorityOf(row));
}

/** Whether a row's retention is over; DynamoDB deletes it hours later, readers leave it out at once. */
export function isExpired(row: Pick<TaskRow, 'expires_at'>, nowMs: number): boolean {
  return row.expires_at !== undefined && row.expires_at * 1000 <= nowMs;
}
