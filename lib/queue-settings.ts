import type { QueueKind } from '../core/queue-name.ts';
import type { LaneConfig, StageConfig } from './stage-schema.ts';

/** How the queue of a kind is served. */
export function queueSettingsOf(config: StageConfig, kind: QueueKind): LaneConfig {
  return kind === 'solo' ? config.solo : config.lanes[kind];
}
