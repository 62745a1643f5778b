import type { Health, HealthStatus } from '../contract/health-schema.ts';
import { isoTime } from '../iso-time.ts';
import type { Clock } from '../ports.ts';

/** Something the platform cannot do without, and a cheap question to it. */
export interface Probe {
  readonly name: string;
  /** Rejects when there is no answer. */
  readonly ask: () => Promise<unknown>;
}

export interface HealthDeps {
  readonly probes: readonly Probe[];
  readonly clock: Clock;
  /** Told why a probe has no answer. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** An answer that takes longer makes its check `degraded`. Ordinary answers take some 10 ms. */
const SLOW_MS = 2000;
/** What the thresholds of later checks look back on. */
const WINDOW_SECONDS = 300;

/** Asks all probes at once. `unhealthy` when one has no answer, `degraded` when one is slow. */
export async function checkHealth(deps: HealthDeps): Promise<Health> {
  const checks = await Promise.all(deps.probes.map((probe) => check(deps, probe)));
  return {
    status: worst(checks.map(({ status }) => status)),
    at: isoTime(deps.clock.nowMs()),
    window_seconds: WINDOW_SECONDS,
    checks,
  };
}

async function check(deps: HealthDeps, { name, ask }: Probe): Promise<Health['checks'][number]> {
  const startMs = deps.clock.monotonicMs();
  try {
    await ask();
  } catch (error) {
    deps.onTrouble('a health check failed', { check: name, error });
    return { name, status: 'unhealthy', observed: null, threshold: SLOW_MS };
  }
  const observed = Math.round(deps.clock.monotonicMs() - startMs);
  return { name, status: observed > SLOW_MS ? 'degraded' : 'healthy', observed, threshold: SLOW_MS };
}

function worst(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.includes('unhealthy')) return 'unhealthy';
  return statuses.includes('degraded') ? 'degraded' : 'healthy';
}
