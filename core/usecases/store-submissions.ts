import { bodyHash } from '../body-hash.ts';
import { payloadIdOf } from '../payload-id.ts';
import type { InsertOutcome, StoredPayload, TaskStore } from '../ports.ts';
import { keyedTaskId } from '../task-id.ts';
import type { ExpiredRows, HourDirectory } from '../task-index.ts';
import { isExpired, type TaskRow } from '../task-row.ts';
import { hourOf } from '../time-index.ts';
import { type Acceptance, type Accepted, acceptSubmissions, levelsOf } from './accept-submissions.ts';
import { type PartsDeps, storeParts } from './store-parts.ts';

export interface StoreDeps extends PartsDeps {
  readonly tasks: Pick<TaskStore, 'insert' | 'read'>;
  readonly hours: HourDirectory;
  readonly expiredRows: ExpiredRows;
  readonly newTaskId: () => string;
  /** Shards of the time index. */
  readonly shards: number;
}

/** What became of one submission. `present`: the same one, stored before with the same key. */
export type Stored =
  | { readonly kind: 'new' | 'present'; readonly row: TaskRow }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unconfirmed'; readonly reason: string };

/**
 * Stores submissions, every answer at its question's place. With an idempotency key the first is put alone:
 * where it meets another body, nothing more is put. One that depends on others of the batch is put when those are
 * there for certain. Whoever sends the same again completes what is missing.
 */
export async function storeSubmissions(deps: StoreDeps, acceptance: Acceptance): Promise<readonly Stored[]> {
  const nowMs = deps.clock.nowMs();
  const accepted = acceptSubmissions(acceptance, { ...deps, nowMs });
  try {
    await deps.hours.announce(hourOf(nowMs), deps.shards);
  } catch (error) {
    return accepted.map(() => unconfirmed(error));
  }
  const levels = levelsOf(acceptance);
  const stored = new Map<number, Stored>();
  if (acceptance.idempotencyKey !== undefined) {
    const [first = 0] = levels[0] ?? [];
    await store(deps, accepted, [[first]], stored);
    const refusal = stored.get(first);
    if (refusal?.kind === 'conflict' || refusal?.kind === 'unconfirmed') return accepted.map(() => refusal);
  }
  await store(deps, accepted, levels, stored);
  return accepted.map((_, place) => stored.get(place) ?? unconfirmed('it was not put'));
}

/** Whether the first of the submissions was stored before, by the same key and with the same body. */
export async function isReplay(deps: StoreDeps, acceptance: Acceptance): Promise<boolean> {
  const { route, tenant, idempotencyKey: key, body } = acceptance;
  if (key === undefined) return false;
  const row = await deps.tasks.read(keyedTaskId({ route, tenant, key, index: 0 }));
  return row !== undefined && !isExpired(row, deps.clock.nowMs()) && row.body_hash === bodyHash(body);
}

/** Stores what is not stored yet: what is outside the rows first, then the rows level by level. */
async function store(
  deps: StoreDeps,
  accepted: readonly Accepted[],
  levels: readonly (readonly number[])[],
  stored: Map<number, Stored>,
): Promise<void> {
  const open = levels.map((level) => level.filter((place) => !stored.has(place)));
  const at = (places: readonly number[]) => places.flatMap((place) => accepted[place] ?? []);
  const incomplete = await storeParts(deps, at(open.flat()));
  for (const level of open) {
    const isBlocked = (one: Accepted) => one.dependsOn.some((on) => !isThere(stored.get(on)));
    const ready = at(level).filter((one) => !incomplete.has(one.row) && !isBlocked(one));
    const outcomes = await insert(
      deps,
      ready.map(({ row }) => row),
    );
    for (const place of level) {
      const [one] = at([place]);
      if (one === undefined) continue;
      const reason = incomplete.get(one.row);
      if (isBlocked(one)) stored.set(place, BLOCKED);
      else if (reason !== undefined) stored.set(place, unconfirmed(reason));
      else stored.set(place, judge(one.row, outcomes.get(one.row), deps.clock.nowMs()));
    }
  }
  await letExpire(
    deps,
    open.flat().flatMap((place) => endedBefore(accepted[place], stored.get(place))),
  );
}

/** The payload of a submission whose task has ended for good before: it was put again, to be kept for long. */
function endedBefore(one: Accepted | undefined, stored: Stored | undefined): readonly StoredPayload[] {
  if (one?.storedPayload === undefined || stored?.kind !== 'present') return [];
  const { status, expires_at } = stored.row;
  if ((status !== 'completed' && status !== 'cancelled') || expires_at === undefined) return [];
  return [{ taskId: payloadIdOf(stored.row), text: one.storedPayload, expiresAtSeconds: expires_at }];
}

/** Payloads go with their tasks again; one whose put is not confirmed only goes later. */
async function letExpire({ results }: StoreDeps, payloads: readonly StoredPayload[]): Promise<void> {
  if (payloads.length > 0) await results.putPayloads(payloads).catch(() => []);
}

function isThere(stored: Stored | undefined): boolean {
  return stored !== undefined && 'row' in stored;
}

const BLOCKED = unconfirmed('a task of the batch that it depends on is not stored for certain');

type Outcomes = ReadonlyMap<TaskRow, InsertOutcome>;

/** A row whose retention is over makes room. */
async function insert(deps: StoreDeps, rows: readonly TaskRow[]): Promise<Outcomes> {
  if (rows.length === 0) return new Map();
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
      return unconfirmed('the insert has no answer');
  }
}

function unconfirmed(reason: unknown) {
  return { kind: 'unconfirmed', reason: reason instanceof Error ? reason.message : String(reason) } as const;
}
