import type { Condition, NamedDependency } from './dependencies/condition.ts';
import type { Requirements } from './requirements.ts';
import type { RetryPolicy } from './retry.ts';

/** A validated submission: what the caller named, absent where it is the default. */
export interface Submission {
  readonly type: string;
  readonly payload: unknown;
  /** What the caller named instead of a payload; `upload` is what it stands for, once that is known. */
  readonly payload_ref?: string;
  readonly upload?: UploadedPayload;
  readonly name?: string;
  readonly description?: string;
  readonly agent_id?: string;
  readonly capability?: string;
  readonly remember?: string;
  readonly priority?: number;
  /** Milliseconds since 1970. */
  readonly scheduled_at?: number;
  readonly deadline?: number;
  readonly timeout_seconds?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
  readonly callback_url?: string;
  /** Submitted once when the task has failed for good. */
  readonly compensation?: Submission;
  readonly fallback?: Fallback;
  readonly debug?: boolean;
  readonly cache_ttl_seconds?: number;
  readonly ordering_key?: string;
  readonly fairness_key?: string;
  readonly dependencies?: readonly SubmittedDependency[];
  /** The parts of the requirements that were named. */
  readonly requirements?: Partial<Requirements>;
  /** The executor pool that was chosen for it; absent for the smallest. */
  readonly pool?: string;
}

/** A dependency as it is submitted: on a task, or on another member of the same batch. */
export type SubmittedDependency = NamedDependency | { readonly ref: string; readonly condition: Condition };

/** What takes the place of a task's output when its last attempt has failed. */
export type Fallback = { readonly value: unknown } | { readonly task: Submission };

/** A payload that was uploaded and is there. */
export interface UploadedPayload {
  readonly key: string;
  readonly bytes: number;
}
