import type { NamedDependency } from './dependencies/condition.ts';
import { encodeDependency, withIndexes } from './dependencies/dependency.ts';
import { memberOf, SUBMISSION_HOLD } from './dependencies/members.ts';
import { ended } from './finish.ts';
import { encodeTransition } from './history.ts';
import { DEFAULT_PRIORITY } from './lane.ts';
import { isLarge } from './large-value.ts';
import type { CacheAnswer } from './result-cache.ts';
import { memberSet } from './row-write.ts';
import type { Submission } from './submission.ts';
import type { TaskRow } from './task-row.ts';
import { hourOf, timeIndexKey, timeIndexSort } from './time-index.ts';
import { timerChange } from './timer.ts';

/** A dependency whose task is known; `isMet`: its condition was met when the submission was looked at. */
export interface AcceptedDependency extends NamedDependency {
  readonly isMet: boolean;
}

export interface AcceptanceTerms {
  readonly taskId: string;
  readonly tenant: string;
  readonly nowMs: number;
  /** The shard of the time index that the task is listed in. */
  readonly shard: number;
  readonly bodyHash?: string;
  /** What the cache has for the submission; absent where it does not ask. */
  readonly cached?: CacheAnswer & { readonly retentionSeconds: number };
  /** @default none */
  readonly dependencies?: readonly AcceptedDependency[];
  /** Others of the same batch depend on it, on its start perhaps. @default nobody */
  readonly marks?: Pick<TaskRow, 'has_dependents' | 'has_start_dependents'>;
  /** Its place in the batch, by which the nets of ordered tasks keep their order. @default 0 */
  readonly place?: number;
}

/** Bytes of a payload's JSON up to which it is part of the row; a larger one is an item of its own. */
export const MAX_INLINE_PAYLOAD_BYTES = 1024;

/** An accepted submission: the row, and the payload where it does not go into the row. */
export interface AcceptedTask {
  readonly row: TaskRow;
  /** Text that becomes an item of the results table. */
  readonly storedPayload?: string;
  /** What becomes an object: a text, or a copy of an upload. */
  readonly objectPayload?: { readonly text: string } | { readonly uploadKey: string };
}

/** The attempt that a result copied from the cache is stored as. */
export const COPY_ATTEMPT = 1;

/** Whether a submission is to run as soon as it can: neither at a later time, nor after others, nor in its turn. */
export function runsAtOnce(submission: Submission, nowMs: number): boolean {
  const { scheduled_at = 0, dependencies = [], ordering_key } = submission;
  return scheduled_at <= nowMs && dependencies.length === 0 && ordering_key === undefined;
}

/**
 * The row of an accepted submission: queued, scheduled, waiting for what is open of its dependencies, or
 * completed from the cache; with nothing in it that equals a default.
 */
export function acceptTask(submission: Submission, terms: AcceptanceTerms): AcceptedTask {
  const { parts, ...payload } = placePayload(submission);
  const { name, description, agent_id, priority, timeout_seconds, retry, metadata, tags } = submission;
  const { scheduled_at, deadline, capability } = submission;
  const isScheduled = scheduled_at !== undefined && scheduled_at > terms.nowMs;
  const waits = waitsOf(terms.dependencies ?? []);
  const status = waits.waiting_on !== undefined ? 'waiting' : isScheduled ? 'scheduled' : 'queued';
  const row: TaskRow = {
    task_id: terms.taskId,
    type: submission.type,
    tenant: terms.tenant,
    status,
    version: 1,
    attempt: 0,
    generation: 1,
    failures: 0,
    released: 0,
    claimable_at: isScheduled ? scheduled_at : 0,
    history: [encodeTransition(terms.nowMs, status, 'submitted')],
    listed_in: timeIndexKey(hourOf(terms.nowMs), terms.shard),
    listed_at: timeIndexSort(terms.nowMs, terms.taskId),
    ...parts,
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
    ...(agent_id === undefined ? {} : { agent_id }),
    ...(capability === undefined ? {} : { capability }),
    ...(priority === undefined || priority === DEFAULT_PRIORITY ? {} : { priority }),
    ...(timeout_seconds === undefined ? {} : { timeout_seconds }),
    ...(retry === undefined || Object.keys(retry).length === 0 ? {} : { retry }),
    ...(metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(tags === undefined || tags.length === 0 ? {} : { tags }),
    ...placeOf(submission),
    ...(terms.bodyHash === undefined ? {} : { body_hash: terms.bodyHash }),
    ...(scheduled_at === undefined ? {} : { scheduled_at }),
    ...(deadline === undefined ? {} : { deadline }),
    ...endingsOf(submission, payload),
    ...(submission.debug ? { debug: true } : {}),
    ...waits,
    ...terms.marks,
    ...cacheParts(submission, terms),
    ...(submission.ordering_key === undefined ? {} : { ordering_key: submission.ordering_key }),
    ...(submission.fairness_key === undefined ? {} : { fairness_key: submission.fairness_key }),
  };
  const timed: TaskRow = { ...row, ...timerChange(row, row, terms.nowMs + (terms.place ?? 0)).set };
  return { row: timed, ...payload };
}

/** What is to come of the end of a task. The mark lets the stream's filter know such an end. */
function endingsOf(submission: Submission, { storedPayload }: Omit<AcceptedTask, 'row'>): Partial<TaskRow> {
  const { callback_url, compensation, fallback, remember } = submission;
  const endings = [callback_url, compensation, remember, storedPayload];
  const isMarked = endings.some((ending) => ending !== undefined);
  return {
    ...(callback_url === undefined ? {} : { callback_url }),
    ...(compensation === undefined ? {} : { compensation }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(remember === undefined ? {} : { remember }),
    ...(isMarked ? { on_end: true } : {}),
  };
}

/** Where a payload goes: into the row, an item or an object; and what the row says of it. */
function placePayload({
  payload,
  upload,
}: Submission): Omit<AcceptedTask, 'row'> & { parts: Partial<TaskRow> } {
  if (upload !== undefined) {
    const parts = { payload_bytes: upload.bytes, has_objects: true };
    return { parts, objectPayload: { uploadKey: upload.key } };
  }
  const text = JSON.stringify(payload);
  if (isLarge(text)) {
    const parts = { payload_bytes: Buffer.byteLength(text), has_objects: true };
    return { parts, objectPayload: { text } };
  }
  return Buffer.byteLength(text) <= MAX_INLINE_PAYLOAD_BYTES
    ? { parts: { payload: text } }
    : { parts: { payload_stored: true }, storedPayload: text };
}

/** What of a row tells of the cache; a result that was found ends the task before anything runs. */
function cacheParts({ cache_ttl_seconds }: Submission, { cached, nowMs }: AcceptanceTerms): Partial<TaskRow> {
  if (cache_ttl_seconds === undefined) return {};
  const { epoch = 0, resultId, retentionSeconds = 0 } = cached ?? {};
  return {
    cache_ttl_seconds,
    ...(epoch === 0 ? {} : { cache_epoch: epoch }),
    ...(resultId === undefined
      ? {}
      : {
          status: 'completed',
          history: [encodeTransition(nowMs, 'completed', 'cached')],
          ...ended({ nowMs, retentionSeconds }),
          cached_result: resultId,
          result_attempt: COPY_ATTEMPT,
        }),
  };
}

/** What a new row says of its dependencies; those that are open are held until they are in place. */
function waitsOf(
  accepted: readonly AcceptedDependency[],
): Pick<TaskRow, 'dependencies' | 'next_index' | 'waiting_on'> {
  if (accepted.length === 0) return {};
  const open = accepted.flatMap(({ isMet }, index) => (isMet ? [] : [memberOf(index)]));
  return {
    dependencies: withIndexes(accepted, 0).map(encodeDependency),
    next_index: accepted.length,
    ...(open.length === 0 ? {} : { waiting_on: memberSet([...open, SUBMISSION_HOLD]) }),
  };
}

/** What a row keeps of its requirements and of the pool that follows from them. */
function placeOf({ requirements, pool }: Submission): Partial<TaskRow> {
  return {
    ...(requirements === undefined || Object.keys(requirements).length === 0 ? {} : { requirements }),
    ...(pool === undefined ? {} : { pool }),
  };
}
