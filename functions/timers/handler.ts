import type { Logger } from '@aws-lambda-powertools/logger';
import { type SweepDeps, sweepTimers } from '../../core/usecases/sweep-timers.ts';

export interface TimersDeps extends SweepDeps {
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** What a minute's rule sends: the shard of the timer index that this invocation sweeps. */
export interface TimersEvent {
  readonly shard: string;
}

/** Sweeps one shard of the timer index. What fails is found again by the next minute's sweep. */
export function createHandler(deps: TimersDeps) {
  return async ({ shard }: TimersEvent): Promise<void> => {
    const report = await sweepTimers(deps, shard);
    deps.logger.info('swept', { shard, ...report });
  };
}
