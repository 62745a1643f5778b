import type { Logger } from '@aws-lambda-powertools/logger';
import { type ServeLanesDeps, serveLanes } from '../../core/usecases/serve-lanes.ts';

export interface LaneSwitchDeps extends Omit<ServeLanesDeps, 'onTrouble'> {
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** Has the lanes served as their states say. What fails is tried again each minute. */
export function createHandler(deps: LaneSwitchDeps) {
  return async (): Promise<void> => {
    const report = await serveLanes({
      ...deps,
      onTrouble: ({ lane, paused }, error) =>
        deps.logger.error('a lane could not be switched', { lane, paused, error: error as Error }),
    });
    deps.logger.info('switched', { ...report });
  };
}
