import type { Health } from '../../core/contract/health-schema.ts';
import { checkHealth, type HealthDeps } from '../../core/usecases/check-health.ts';
import type { Answer } from '../shared/http-api/answer.ts';

/** Anybody may ask, so a process asks its tables and queues at most once in this time. */
const REMEMBERED_MS = 5000;

/** Answers how the platform is: 503 when it is unhealthy. */
export function createHealthAnswer(deps: HealthDeps): () => Promise<Answer> {
  let asked: { readonly health: Promise<Health>; readonly atMs: number } | undefined;
  return async () => {
    const nowMs = deps.clock.monotonicMs();
    if (asked === undefined || nowMs - asked.atMs >= REMEMBERED_MS) {
      asked = { health: checkHealth(deps), atMs: nowMs };
    }
    const health = await asked.health;
    return { status: health.status === 'unhealthy' ? 503 : 200, body: health };
  };
}
