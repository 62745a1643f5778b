import { bodyHash } from '../body-hash.ts';
import { isLarge } from '../large-value.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { Submission } from '../submission.ts';
import { isExpired } from '../task-row.ts';
import { type Acceptance, keyedIdsOf, levelsOf } from './accept-submissions.ts';
import type { Stored } from './store-submissions.ts';

export interface ReplayDeps {
  readonly tasks: Pick<TaskStore, 'read'>;
  readonly clock: Clock;
}

/**
 * What a request with an idempotency key has stored before, if all of it is there. Only asked for payloads that
 * become objects: their upload may be gone by now, and each try would leave one more object behind. Everything
 * else finds its replay by its insert.
 */
export async function findReplay(
  deps: ReplayDeps,
  acceptance: Acceptance,
): Promise<readonly Stored[] | undefined> {
  const { idempotencyKey: key, body, submissions } = acceptance;
  if (key === undefined || !submissions.some(becomesObject)) return undefined;
  const ids = keyedIdsOf(acceptance, key);
  const rows = await Promise.all(submissions.map((_, place) => deps.tasks.read(ids.get(place) ?? '')));
  const nowMs = deps.clock.nowMs();
  const hash = bodyHash(body);
  const found = rows.map((row): Stored | undefined => {
    if (row === undefined || isExpired(row, nowMs)) return undefined;
    return row.body_hash === hash ? { kind: 'present', row } : { kind: 'conflict' };
  });
  // The first is put alone: where it has another body, nothing of this one was ever put.
  const [first = 0] = levelsOf(acceptance).flat();
  if (found[first]?.kind === 'conflict') return submissions.map(() => ({ kind: 'conflict' }));
  return found.every((one) => one !== undefined) ? found : undefined;
}

function becomesObject({ payload, payload_ref }: Submission): boolean {
  return payload_ref !== undefined || isLarge(JSON.stringify(payload));
}
