import { isPulled } from '../agents/mailbox.ts';
import type { BatchAnswer } from '../contract/batch-schema.ts';
import type { Task } from '../contract/task-schema.ts';
import { timeErrors } from '../contract/time-rules.ts';
import { SUBMISSION_HOLD } from '../dependencies/members.ts';
import {
  type DomainError,
  idempotencyKeyReused,
  laneFull,
  storageUnavailable,
  validationFailed,
} from '../errors.ts';
import { decodeHistory } from '../history.ts';
import { isOrdered } from '../order.ts';
import type { Pool } from '../pool.ts';
import type { LaneSender, TaskStore } from '../ports.ts';
import { laneOfRow, type TaskRow } from '../task-row.ts';
import { defaultsOf, type FindTaskType } from '../task-types.ts';
import { taskOf } from '../task-view.ts';
import type { Acceptance } from './accept-submissions.ts';
import { type CompletionDeps, completeDependencies } from './complete-dependencies.ts';
import type { CursorKeys } from './cursor-position.ts';
import { type FindCachedDeps, findCached } from './find-cached.ts';
import { findReplay } from './find-replay.ts';
import { findUploads, type UploadDeps } from './find-uploads.ts';
import { demandDependencies, readDependencies } from './known-dependencies.ts';
import type { LaneRoom } from './lane-room.ts';
import { parseBatch } from './parse-batch.ts';
import { parseSubmission } from './parse-submission.ts';
import { sendExpress } from './send-express.ts';
import { sendInOrder } from './send-in-order.ts';
import { type ShowPayloadDeps, showPayload } from './show-payload.ts';
import { isReplay, type StoreDeps, type Stored, storeSubmissions } from './store-submissions.ts';

export interface SubmitDeps
  extends Omit<StoreDeps, 'results' | 'objects'>,
    Omit<FindCachedDeps, 'results' | 'clock'>,
    CompletionDeps {
  readonly tasks: Pick<TaskStore, 'insert' | 'read' | 'readAll' | 'write'>;
  readonly lanes: LaneSender;
  readonly cursorKeys: CursorKeys;
  readonly results: StoreDeps['results'] & FindCachedDeps['results'] & ShowPayloadDeps['results'];
  readonly objects: StoreDeps['objects'] & UploadDeps['objects'] & ShowPayloadDeps['objects'];
  readonly findTaskType: FindTaskType;
  /** The executor pools, the smallest first. */
  readonly pools: readonly Pool[];
  /** Which lanes are full. @default none ever is */
  readonly laneRoom?: Pick<LaneRoom, 'fullAmong'>;
  /** Told of what went wrong without harm to the answer. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export type SubmitCall = Pick<Acceptance, 'tenant' | 'idempotencyKey' | 'body'>;

/** `isNew` is false for a replay that found everything stored. */
export interface Submitted<Answer> {
  readonly isNew: boolean;
  readonly answer: Answer;
}

/** Submits one task. Throws a DomainError when it is not valid, or not stored for certain. */
export async function submitTask(deps: SubmitDeps, call: SubmitCall): Promise<Submitted<Task>> {
  const parsed = parseSubmission(call.body, '', deps.findTaskType, deps.pools);
  if (!parsed.ok) throw validationFailed(parsed.errors);
  const submission = parsed.value;
  const acceptance = { ...call, route: 'POST /tasks', submissions: [submission] };
  const { isNew, row } = demandStored(await acceptAll(deps, acceptance, () => ''));
  const defaults = defaultsOf(deps.findTaskType, submission.type);
  // A replay has an equal body, so its payload is the stored one.
  const { payload, ...link } =
    submission.payload_ref === undefined ? { payload: submission.payload } : await showPayload(deps, row);
  return { isNew, answer: { ...taskOf(row, payload, defaults), ...link } };
}

/**
 * Stores a task of the platform's own, which no lane is too full for. Throws a DomainError when that is not so for
 * certain.
 */
export async function storeTask(deps: SubmitDeps, acceptance: Acceptance): Promise<Submitted<TaskRow>> {
  const { isNew, row } = demandStored(await storeAndSend(deps, acceptance, () => ''));
  return { isNew, answer: row };
}

/** The only one of what was stored. */
function demandStored({ stored: [stored], unsent }: Accepted): {
  readonly isNew: boolean;
  readonly row: TaskRow;
} {
  if (stored?.kind === 'conflict') throw idempotencyKeyReused();
  if (stored?.kind === 'new' || stored?.kind === 'present') {
    if (unsent > 0) throw placeUncertain(`task ${stored.row.task_id} is stored`, {});
    return { isNew: stored.kind === 'new', row: stored.row };
  }
  const text = 'it is not certain that the task is stored: send it again, with an Idempotency-Key';
  throw storageUnavailable(text);
}

/**
 * Submits a batch: nothing is stored if any member is not valid. Throws a DomainError with the `items` that
 * are stored when that is not so for certain of all.
 */
export async function submitBatch(deps: SubmitDeps, call: SubmitCall): Promise<Submitted<BatchAnswer>> {
  const parsed = parseBatch(call.body, deps.findTaskType, deps.pools);
  if (!parsed.ok) throw validationFailed(parsed.errors);
  const { refs } = parsed.value;
  const acceptance = { ...call, route: 'POST /tasks/batch', ...parsed.value };
  const { stored, unsent } = await acceptAll(deps, acceptance, (index) => `/tasks/${index}`);
  const items = stored.flatMap((one, index) =>
    'row' in one ? acceptedItem(index, refs[index], one.row) : [],
  );
  if (stored.some(({ kind }) => kind === 'conflict')) {
    throw idempotencyKeyReused(items.length === 0 ? {} : { items });
  }
  if (items.length < stored.length) {
    const text = `${items.length} of ${stored.length} tasks are stored for certain: "items" names them`;
    throw storageUnavailable(text, { items });
  }
  if (unsent > 0) throw placeUncertain(`all ${items.length} tasks are stored, of which ${unsent}`, { items });
  return { isNew: stored.some(({ kind }) => kind === 'new'), answer: { items } };
}

/** An ordered task is accepted only once its message is sent: a later one could pass it. */
function placeUncertain(what: string, members: Readonly<Record<string, unknown>>): DomainError {
  const text = `${what} without a certain place among the tasks of its ordering_key: send the same again, with an Idempotency-Key`;
  return storageUnavailable(text, members);
}

/** What became of submissions; `unsent`: ordered tasks that are stored, and whose place is not certain. */
interface Accepted {
  readonly stored: readonly Stored[];
  readonly unsent: number;
}

/**
 * Times, and the tasks that are depended upon, are right or wrong by the moment: what was accepted before is not
 * refused when it is sent again.
 */
async function acceptAll(
  deps: SubmitDeps,
  acceptance: Acceptance,
  baseOf: (index: number) => string,
): Promise<Accepted> {
  const nowMs = deps.clock.nowMs();
  const errors = acceptance.submissions.flatMap((submission, index) =>
    timeErrors(submission, nowMs, baseOf(index)),
  );
  if (errors.length > 0 && !(await isReplay(deps, acceptance))) throw validationFailed(errors);
  const known = await readDependencies(deps, acceptance.submissions);
  const unknown = demandDependencies(acceptance.submissions, known, baseOf);
  if (unknown !== undefined && !(await isReplay(deps, acceptance))) throw unknown;
  await demandRoom(deps, acceptance);
  return await storeAndSend(deps, { ...acceptance, known }, baseOf);
}

/** Nothing is stored for a lane that is full; what was accepted before is not refused when it is sent again. */
async function demandRoom(deps: SubmitDeps, acceptance: Acceptance): Promise<void> {
  const onLanes = acceptance.submissions.filter((one) => !isOrdered(one) && !isPulled(one));
  const full = await deps.laneRoom?.fullAmong(new Set(onLanes.map(laneOfRow)));
  if (full !== undefined && !(await isReplay(deps, acceptance))) throw laneFull(full);
}

/** `pathOf` says where a submission stands in the body. Throws `validation_failed` for what a reference stands for. */
async function storeAndSend(
  deps: SubmitDeps,
  acceptance: Acceptance,
  pathOf: (index: number) => string,
): Promise<Accepted> {
  const stored = (await findReplay(deps, acceptance)) ?? (await storeAnew(deps, acceptance, pathOf));
  const unconfirmed = stored.flatMap((one) => (one.kind === 'unconfirmed' ? one.reason : []));
  if (unconfirmed.length > 0)
    deps.onTrouble('submissions are not confirmed', { reasons: [...new Set(unconfirmed)] });
  // A replay sends again while the task is unclaimed: whoever repeats may not have got that far before.
  const rows = stored.flatMap((one) => ('row' in one ? one.row : []));
  const slower = await sendExpress(deps.lanes, rows);
  if (slower.length > 0) deps.onTrouble('express messages were not sent', { task_ids: slower });
  const unsent = await sendInOrder(deps, acceptance.submissions, stored);
  if (unsent > 0) deps.onTrouble('ordered messages were not sent', { messages: unsent });
  return { stored: await completed(deps, stored), unsent };
}

/**
 * Puts in place what waiting tasks wait for. What is not confirmed of that is left to the timers: the tasks
 * themselves are stored.
 */
async function completed(deps: SubmitDeps, stored: readonly Stored[]): Promise<readonly Stored[]> {
  const held = stored.flatMap((one) => ('row' in one && isHeldBySubmission(one.row) ? one.row : []));
  if (held.length === 0) return stored;
  const completions = await completeDependencies(
    deps,
    held.map((row) => ({ row, holds: [SUBMISSION_HOLD], walks: row.life !== undefined })),
  );
  const rows = new Map<string, TaskRow>();
  const reasons = new Set<string>();
  for (const completion of completions) {
    if (completion.kind === 'unconfirmed') reasons.add(completion.reason);
    else rows.set(completion.row.task_id, completion.row);
  }
  if (reasons.size > 0) deps.onTrouble('dependencies are not confirmed', { reasons: [...reasons] });
  return stored.map((one) => ('row' in one ? { ...one, row: rows.get(one.row.task_id) ?? one.row } : one));
}

function isHeldBySubmission({ status, waiting_on = [] }: TaskRow): boolean {
  return status === 'waiting' && waiting_on.includes(SUBMISSION_HOLD);
}

async function storeAnew(
  deps: SubmitDeps,
  acceptance: Acceptance,
  pathOf: (index: number) => string,
): Promise<readonly Stored[]> {
  const { tenant, submissions } = acceptance;
  const found = await findUploads(deps, tenant, submissions, pathOf);
  if (!found.ok) throw validationFailed(found.errors);
  const cached = await findCached(deps, tenant, found.value);
  return await storeSubmissions(deps, { ...acceptance, submissions: found.value, cached });
}

/** The item of a stored member: a batch sent again has the very same ones, whatever has become of its tasks. */
function acceptedItem(
  index: number,
  ref: string | undefined,
  { task_id, history }: TaskRow,
): BatchAnswer['items'] {
  const named = ref === undefined ? { index } : { index, ref };
  return decodeHistory(history.slice(0, 1)).map(({ to }) => ({ ...named, task_id, status: to }));
}
