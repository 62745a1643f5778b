import { byLane } from '../core/lane.ts';
import type { StageConfig } from './stage-schema.ts';

/** The executor pools as the API chooses among them: a JSON list. */
export function poolsText({ pools }: StageConfig): string {
  return JSON.stringify(
    pools.map(({ name, provides, attemptSeconds }) => ({ name, provides, attemptSeconds })),
  );
}

/** What each lane is limited to, in all pools, as the API knows it: a JSON object. */
export function laneLimitsText({ pools, maxPending }: StageConfig): string {
  const limits = byLane((lane) => ({
    maxConcurrency: pools.reduce((sum, { lanes }) => sum + lanes[lane].maxConcurrency, 0),
    maxPending: maxPending[lane],
  }));
  return JSON.stringify(limits);
}
