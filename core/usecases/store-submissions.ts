import { bodyHash } from '../body-hash.ts';
import { type LabelStore, labelNamesOf, labelsOf } from '../labels.ts';
import { payloadKeyOf } from '../object-keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { PAYLOAD_LIFE_SECONDS, payloadIdOf } from '../payload-id.ts';
import type { Clock, InsertOutcome, ResultStore, TaskStore } from '../ports.ts';
import type { CacheAnswer } from '../result-cache.ts';
import { type AcceptedTask, acceptTask, hourOf, type Submission } from '../submission.ts';
import { keyedTaskId } from '../task-id.ts';
import type { ExpiredRows, HourDirectory } from '../task-index.ts';
import { isExpired, type TaskRow } from '../task-row.ts';
import { shardOf } from '../time-index.ts';

export interface StoreDeps {
  readonly tasks: Pick<TaskStore, 'insert' | 'read'>;
  readonly results: Pick<ResultStore, 'putPayloads'>;
  readonly objects: Pick<ObjectStore, 'put' | 'copy'>;
  readonly hours: HourDirectory;
  readonly labels: LabelStore;
  readonly expiredRows: ExpiredRows;
  readonly clock: Clock;
  readonly newTaskId: () => string;
  /** Shards of the time index. */
  readonly shards: number;
  /** How long ended tasks are kept. */
  readonly retentionSeconds: number;
}

export interface Acceptance {
  /** Method and path, such as `POST /tasks`. */
  readonly route: string;
  readonly tenant: string;
  readonly idempotencyKey?: string;
  /** The parsed body: an idempotency key belongs to its hash. */
  readonly body: unknown;
  readonly submissions: readonly Submission[];
  /** What the cache has for them, by place. @default nothing */
  readonly cached?: ReadonlyMap<number, CacheAnswer>;
}

/** What became of one submission. `present`: the same one, stored before with the same key. */
export type Stored =
  | { readonly kind: 'new' | 'present'; readonly row: TaskRow }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unconfirmed'; readonly reason: string };

/**
 * Stores submissions, every answer at its question's place. With an idempotency key the first is put alone:
 * where it meets another body, nothing more is put. Whoever sends the same again completes what is missing.
 */
export async function storeSubmissions(deps: StoreDeps, acceptance: Acceptance): Promise<readonly Stored[]> {
  const nowMs = deps.clock.nowMs();
  const accepted = accept(deps, acceptance, nowMs);
  try {
    await deps.hours.announce(hourOf(nowMs), deps.shards);
  } catch (error) {
    return accepted.map(() => unconfirmed(error));
  }
  if (acceptance.idempotencyKey === undefined) return await store(deps, accepted);

  const first = await store(deps, accepted.slice(0, 1));
  const refusal = first.find(({ kind }) => kind === 'conflict' || kind === 'unconfirmed');
  if (refusal !== undefined) return accepted.map(() => refusal);
  return [...first, ...(await store(deps, accepted.slice(1)))];
}

/** Whether the first of the submissions was stored before, by the same key and with the same body. */
export async function isReplay(deps: StoreDeps, acceptance: Acceptance): Promise<boolean> {
  const { route, tenant, idempotencyKey: key, body } = acceptance;
  if (key === undefined) return false;
  const row = await deps.tasks.read(keyedTaskId({ route, tenant, key, index: 0 }));
  return row !== undefined && !isExpired(row, deps.clock.nowMs()) && row.body_hash === bodyHash(body);
}

function accept(deps: StoreDeps, acceptance: Acceptance, nowMs: number): readonly AcceptedTask[] {
  const { route, tenant, idempotencyKey: key, body } = acceptance;
  const keyed = key === undefined ? {} : { bodyHash: bodyHash(body) };
  return acceptance.submissions.map((submission, index) => {
    const taskId = key === undefined ? deps.newTaskId() : keyedTaskId({ route, tenant, key, index });
    const shard = shardOf(taskId, deps.shards);
    const answer = acceptance.cached?.get(index);
    const cached =
      answer === undefined ? {} : { cached: { ...answer, retentionSeconds: deps.retentionSeconds } };
    return labelledFirst(acceptTask(submission, { taskId, tenant, nowMs, shard, ...keyed, ...cached }));
  });
}

/** Marks a row whose labels are put before it, so that the dispatcher need not. */
function labelledFirst(accepted: AcceptedTask): AcceptedTask {
  const { row } = accepted;
  return labelNamesOf(row).length === 0 ? accepted : { ...accepted, row: { ...row, labelled: true } };
}

async function store(deps: StoreDeps, accepted: readonly AcceptedTask[]): Promise<readonly Stored[]> {
  const [withPayload, withoutObject, withLabels] = await Promise.all([
    payloadsStored(deps, accepted),
    objectsMissing(deps, accepted),
    labelsStored(deps, accepted),
  ]);
  const ready = accepted
    .filter(({ row }, index) => withPayload[index] && withLabels[index] && !withoutObject.has(row))
    .map(({ row }) => row);
  const outcomes = await insert(deps, ready);
  return accepted.map(
    ({ row }) => withoutObject.get(row) ?? judge(row, outcomes.get(row), deps.clock.nowMs()),
  );
}

/** True where a row has no payload outside it, or where that payload is confirmed. */
async function payloadsStored(
  deps: StoreDeps,
  accepted: readonly AcceptedTask[],
): Promise<readonly boolean[]> {
  const expiresAtSeconds = Math.ceil(deps.clock.nowMs() / 1000) + PAYLOAD_LIFE_SECONDS;
  const payloads = accepted.flatMap(({ row, storedPayload: text }) =>
    text === undefined ? [] : [{ taskId: payloadIdOf(row), text, expiresAtSeconds }],
  );
  const puts = payloads.length === 0 ? [] : await deps.results.putPayloads(payloads).catch(() => []);
  const confirmed = new Set(payloads.flatMap(({ taskId }, index) => (puts[index] ? taskId : [])));
  return accepted.map(
    ({ row, storedPayload }) => storedPayload === undefined || confirmed.has(payloadIdOf(row)),
  );
}

/** True where a row has no labels, or where all are confirmed: who sees the row then finds it by its tags. */
async function labelsStored(deps: StoreDeps, accepted: readonly AcceptedTask[]): Promise<readonly boolean[]> {
  const labels = accepted.map(({ row }) => labelsOf(row, deps.retentionSeconds));
  const all = labels.flat();
  const puts = all.length === 0 ? [] : await deps.labels.put(all).catch(() => []);
  const confirmed = new Set(all.filter((_, index) => puts[index]));
  return labels.map((own) => own.every((label) => confirmed.has(label)));
}

/** The rows whose payload should be an object and is none for certain, with the reason. */
async function objectsMissing(
  deps: StoreDeps,
  accepted: readonly AcceptedTask[],
): Promise<ReadonlyMap<TaskRow, ReturnType<typeof unconfirmed>>> {
  const missing = new Map<TaskRow, ReturnType<typeof unconfirmed>>();
  const puts = accepted.flatMap(({ row, objectPayload: payload }) =>
    payload === undefined
      ? []
      : putObject(deps, row, payload).catch((error: unknown) => void missing.set(row, unconfirmed(error))),
  );
  await Promise.all(puts);
  return missing;
}

async function putObject(
  { objects }: StoreDeps,
  row: TaskRow,
  payload: NonNullable<AcceptedTask['objectPayload']>,
): Promise<void> {
  if ('text' in payload) await objects.put(payloadKeyOf(row), payload.text);
  else await objects.copy(payload.uploadKey, payloadKeyOf(row));
}

type Outcomes = ReadonlyMap<TaskRow, InsertOutcome>;

/** A row whose retention is over makes room. */
async function insert(deps: StoreDeps, rows: readonly TaskRow[]): Promise<Outcomes> {
  const outcomes = await tryInsert(deps, rows);
  const nowMs = deps.clock.nowMs();
  const blocked = [...outcomes].flatMap(([row, outcome]) =>
    outcome.kind === 'exists' && isExpired(outcome.row, nowMs) ? [{ row, expired: outcome.row }] : [],
  );
  if (blocked.length === 0) return outcomes;
  await Promise.allSettled(blocked.map(({ expired }) => deps.expiredRows.remove(expired)));
  const again = await tryInsert(
    deps,
    blocked.map(({ row }) => row),
  );
  return new Map([...outcomes, ...again]);
}

async function tryInsert(deps: StoreDeps, rows: readonly TaskRow[]): Promise<Outcomes> {
  try {
    const outcomes = await deps.tasks.insert(rows);
    return new Map(
      rows.map((row, index) => [row, outcomes[index] ?? unconfirmed('the insert has no answer')]),
    );
  } catch (error) {
    return new Map(rows.map((row) => [row, unconfirmed(error)]));
  }
}

/** Without a key an id is new, so the row that is there is the own one, whose answer was lost. */
function judge(row: TaskRow, outcome: InsertOutcome | undefined, nowMs: number): Stored {
  switch (outcome?.kind) {
    case 'inserted':
      return { kind: 'new', row };
    case 'exists':
      if (row.body_hash === undefined) return { kind: 'new', row: outcome.row };
      if (isExpired(outcome.row, nowMs))
        return unconfirmed('the task that had the key before is not removed yet');
      return outcome.row.body_hash === row.body_hash
        ? { kind: 'present', row: outcome.row }
        : { kind: 'conflict' };
    case 'unconfirmed':
      return outcome;
    case undefined:
      return unconfirmed('payload or labels are not stored for certain');
  }
}

function unconfirmed(reason: unknown) {
  return { kind: 'unconfirmed', reason: reason instanceof Error ? reason.message : String(reason) } as const;
}
