import type { Requirements } from './requirements.ts';

/** An executor pool: what a task that runs in it may take. */
export interface Pool {
  readonly name: string;
  readonly provides: Requirements;
  /** Seconds that one attempt may take. */
  readonly attemptSeconds: number;
}

/** What a task needs of its pool. */
export interface Needs extends Requirements {
  readonly timeout_seconds: number;
}

/** The needs by their names in the API. */
export const NEEDS = ['cpu_cores', 'memory_gb', 'storage_gb', 'gpu_units', 'timeout_seconds'] as const;

/** A need that no pool meets. */
export interface Excess {
  readonly name: keyof Needs;
  readonly asked: number;
  readonly limit: number;
}

/** The pool of a task; `name` is absent for the smallest, which rows do not name. */
export type PoolChoice =
  | { readonly kind: 'chosen'; readonly name?: string }
  | { readonly kind: 'none'; readonly largest: Pool; readonly excess: readonly Excess[] };

/**
 * Chooses the smallest pool that a task fits into. `pools` are ordered, each providing at least as much as the one
 * before it, so what the largest cannot give, none can. Throws a RangeError for an empty list.
 */
export function choosePool(needs: Needs, pools: readonly Pool[]): PoolChoice {
  const place = pools.findIndex((pool) => excessOf(needs, pool).length === 0);
  const chosen = pools[place];
  if (chosen !== undefined) return place === 0 ? { kind: 'chosen' } : { kind: 'chosen', name: chosen.name };
  const largest = pools.at(-1);
  if (largest === undefined) throw new RangeError('there is no executor pool; configure at least one');
  return { kind: 'none', largest, excess: excessOf(needs, largest) };
}

/** All that a pool provides, by the names of the needs. */
export function limitsOf({ provides, attemptSeconds }: Pool): Needs {
  return { ...provides, timeout_seconds: attemptSeconds };
}

function excessOf(needs: Needs, pool: Pool): readonly Excess[] {
  const limits = limitsOf(pool);
  return NEEDS.flatMap((name) =>
    needs[name] > limits[name] ? [{ name, asked: needs[name], limit: limits[name] }] : [],
  );
}
