import { QUEUE_KINDS, type QueueKind, type QueueName, queueNameIn } from '../core/queue-name.ts';
import type { PoolConfig, QueueConfig, StageConfig } from './stage-schema.ts';

/** One queue of a pool: its name, and how it is served. */
export interface PoolQueue extends QueueConfig {
  readonly name: QueueName;
  readonly kind: QueueKind;
}

/** What stands behind the names of a pool's queues and function: nothing for the smallest. */
export function poolSuffixOf({ pools }: StageConfig, { name }: PoolConfig): string | undefined {
  return name === pools[0]?.name ? undefined : name;
}

/** The queues of a pool, the most urgent first. */
export function queuesOf(config: StageConfig, pool: PoolConfig): readonly PoolQueue[] {
  return QUEUE_KINDS.map((kind) => ({
    name: queueNameIn(kind, poolSuffixOf(config, pool)),
    kind,
    ...(kind === 'solo' ? pool.solo : pool.lanes[kind]),
  }));
}
