import { ATTEMPT_MARGIN_SECONDS } from '../core/attempt-bounds.ts';
import { CRASH_LIMIT } from '../core/crashes.ts';
import { LANES } from '../core/lane.ts';
import { MEMORY_HIGH_SHARE } from '../core/memory-guard.ts';
import { limitsOf, NEEDS } from '../core/pool.ts';
import { QUEUE_KINDS, type QueueKind } from '../core/queue-name.ts';
import { type BrokenRule, when } from './broken-rule.ts';
import type { PoolConfig, StageConfig } from './stage-schema.ts';

/** Lambda's longest invocation. */
const LONGEST_INVOCATION_SECONDS = 900;

/** Memory at which a function has one full vCPU (Lambda Developer Guide, "Configure Lambda function memory"). */
const MB_A_CORE = 1769;
const MB_A_GB = 1024;

/** A pool in its place among the others. */
interface Placed {
  readonly pool: PoolConfig;
  readonly path: string;
  /** Those before it, the smallest first. */
  readonly smaller: readonly PoolConfig[];
  /** What the queue of ordered tasks may use of it. */
  readonly ordered: number;
}

/** Checks the executor pools of a stage. */
export function poolRules({ pools, ordered }: StageConfig): readonly BrokenRule[] {
  return pools.flatMap((pool, place) =>
    rulesOf({
      pool,
      path: `pools.${pool.name}`,
      smaller: pools.slice(0, place),
      ordered: place === 0 ? ordered.maxConcurrency : 0,
    }),
  );
}

function rulesOf(placed: Placed): readonly BrokenRule[] {
  return [
    ...orderRules(placed),
    ...sizeRules(placed),
    ...QUEUE_KINDS.flatMap((kind) => queueRules(placed, kind)),
    ...concurrencyRules(placed),
    ...timeRules(placed),
  ];
}

/** Tasks go to the first pool that they fit into, so each must take whatever the one before it takes. */
function orderRules({ pool, path, smaller }: Placed): readonly BrokenRule[] {
  const before = smaller.at(-1) ?? pool;
  const [most, least] = [limitsOf(pool), limitsOf(before)];
  const lacking = NEEDS.filter((name) => most[name] < least[name]);
  return [
    ...when(
      lacking.length > 0,
      path,
      () =>
        `it gives less ${lacking.join(', ')} than ${before.name} before it: pools are listed the smallest first, and each ` +
        'gives at least as much as the one before; change their order, or let it provide more',
    ),
    ...when(
      smaller.some(({ name }) => name === pool.name),
      path,
      () => 'two pools have this name, and their queues would have the same; give each its own',
    ),
  ];
}

/** The function must have what its pool promises. */
function sizeRules({ pool, path }: Placed): readonly BrokenRule[] {
  const { memoryMb, ephemeralStorageMb } = pool.executor;
  const { cpu_cores, memory_gb, storage_gb } = pool.provides;
  const neededMb = Math.ceil(Math.max(cpu_cores * MB_A_CORE, (memory_gb * MB_A_GB) / MEMORY_HIGH_SHARE));
  const storageMb = Math.ceil(storage_gb * MB_A_GB);
  return [
    ...when(
      memoryMb < neededMb,
      `${path}.executor.memoryMb`,
      () =>
        `${memoryMb}: ${cpu_cores} cores take ${MB_A_CORE} MB each, and ${memory_gb} GB must stay below ${MEMORY_HIGH_SHARE * 100} % of it; ` +
        `set it to ${neededMb} or more, or provide less`,
    ),
    ...when(
      ephemeralStorageMb < storageMb,
      `${path}.executor.ephemeralStorageMb`,
      () =>
        `${ephemeralStorageMb} is less than the ${storage_gb} GB that the pool provides; set it to ${storageMb} or more`,
    ),
  ];
}

function queueRules({ pool, path: poolPath }: Placed, kind: QueueKind): readonly BrokenRule[] {
  const { batchSize, batchWindowSeconds, maxReceiveCount } = kind === 'solo' ? pool.solo : pool.lanes[kind];
  const path = kind === 'solo' ? `${poolPath}.solo` : `${poolPath}.lanes.${kind}`;
  return [
    ...when(
      batchSize > 10 && batchWindowSeconds < 1,
      `${path}.batchSize`,
      () =>
        `${batchSize} without a batching window: SQS mappings gather more than 10 only within a window; ` +
        'set batchWindowSeconds to 1 or more, or batchSize to 10 or less',
    ),
    ...when(
      kind === 'solo' && batchSize > 1,
      `${path}.batchSize`,
      () => `${batchSize}: a task that may kill its process must have no neighbour; set it to 1`,
    ),
    ...when(
      kind === 'critical' && batchWindowSeconds > 0,
      `${path}.batchWindowSeconds`,
      () =>
        `${batchWindowSeconds}: a window delays every task of the lane, and critical must not wait; set it to 0`,
    ),
    ...when(
      maxReceiveCount < 2 * CRASH_LIMIT,
      `${path}.maxReceiveCount`,
      () =>
        `${maxReceiveCount}: put-backs and throttled receives count besides the ${CRASH_LIMIT} crashes a task may have; ` +
        `set it to ${2 * CRASH_LIMIT} or more`,
    ),
  ];
}

function concurrencyRules({ pool, path, ordered }: Placed): readonly BrokenRule[] {
  const { reservedConcurrency } = pool.executor;
  const queues = [pool.solo, ...LANES.map((lane) => pool.lanes[lane])];
  const together = queues.reduce((sum, { maxConcurrency }) => sum + maxConcurrency, ordered);
  return when(
    together > reservedConcurrency,
    `${path}.executor.reservedConcurrency`,
    () =>
      `${reservedConcurrency} is less than the queues' maximum concurrencies together (${together}): a flood of one ` +
      'lane could take a slot from another; raise it, or lower maxConcurrency of a queue',
  );
}

/**
 * `attempt < timeout` (10 s between them, for claim and finish, unless Lambda's own limit leaves none: there the
 * executor ends an attempt 10 s before itself), `lease <= visibility` and `timeout + window <= visibility`. A lease
 * ends before the message of a killed executor shows up again, or that message would be put back first. Where the
 * visibility is much longer, the executor shortens it to lease and margin when it claims.
 */
function timeRules({ pool, path }: Placed): readonly BrokenRule[] {
  const { leaseSeconds, timeoutSeconds, visibilitySeconds } = pool.executor;
  const queues = [pool.solo, ...LANES.map((lane) => pool.lanes[lane])];
  const windowSeconds = Math.max(...queues.map(({ batchWindowSeconds }) => batchWindowSeconds));
  const neededSeconds = Math.min(pool.attemptSeconds + ATTEMPT_MARGIN_SECONDS, LONGEST_INVOCATION_SECONDS);
  return [
    ...when(
      leaseSeconds > visibilitySeconds,
      `${path}.executor.leaseSeconds`,
      () =>
        `${leaseSeconds}: the lease must end before the lost message shows up again, after ${visibilitySeconds} s; ` +
        `set it to ${visibilitySeconds} or less`,
    ),
    ...when(
      timeoutSeconds < neededSeconds,
      `${path}.executor.timeoutSeconds`,
      () =>
        `${timeoutSeconds}: an attempt may take ${pool.attemptSeconds} s, and claim and finish come on top; ` +
        `set it to ${neededSeconds} or more`,
    ),
    ...when(
      timeoutSeconds + windowSeconds > visibilitySeconds,
      `${path}.executor.timeoutSeconds`,
      () =>
        `${timeoutSeconds}, and up to ${windowSeconds} s of gathering before it: the queues show a message again after ` +
        `${visibilitySeconds} s, while it is still being worked on; raise visibilitySeconds, or lower this`,
    ),
  ];
}
