import type { z } from 'zod';
import type { QueueKind } from '../core/queue-name.ts';
import type { BrokenRule } from './broken-rule.ts';
import { brokenRules } from './stage-rules.ts';
import {
  type PoolConfig,
  type QueueConfig,
  STAGES,
  type StageConfig,
  type StageName,
  stageSchema,
} from './stage-schema.ts';

/** Executors that may work at a time on each queue of a pool. */
type Concurrency = Readonly<Record<QueueKind, number>>;

/**
 * A core and a gigabyte for ten tasks at a time, since most only wait for others. 1,769 MB are one full vCPU. An
 * attempt takes 60 s at most, its lease lasts 80 s, its message stays invisible for 90 s.
 */
const standard = (
  concurrency: Concurrency,
  orderedConcurrency: number,
  maxReceiveCount = 50,
): PoolConfig => ({
  name: 'standard',
  provides: { cpu_cores: 1, memory_gb: 1, storage_gb: 0.5, gpu_units: 0 },
  attemptSeconds: 60,
  executor: {
    memoryMb: 1769,
    ephemeralStorageMb: 512,
    timeoutSeconds: 90,
    leaseSeconds: 80,
    visibilitySeconds: 90,
    reservedConcurrency: togetherOf(concurrency) + orderedConcurrency,
  },
  // Ten are the most that SQS hands out at once; without a window no task waits for others.
  ...queues(concurrency, { batchSize: 10, batchWindowSeconds: 0, maxReceiveCount }),
});

/**
 * Four cores and eight gigabytes for one task at a time. 9,728 MB are five and a half vCPUs, and 8 GB of them are
 * below the 85 % at which an executor counts as full. Lambda ends a function after 900 s, so an attempt that asks
 * for all of them is ended some 10 s before. Its queues must hide a message for as long; the executor shortens
 * that to the lease, so that a killed one costs its task no more here than in `standard`.
 */
const large = (concurrency: Concurrency, maxReceiveCount = 50): PoolConfig => ({
  name: 'large',
  provides: { cpu_cores: 4, memory_gb: 8, storage_gb: 10, gpu_units: 0 },
  attemptSeconds: 900,
  executor: {
    memoryMb: 9728,
    ephemeralStorageMb: 10_240,
    timeoutSeconds: 900,
    leaseSeconds: 80,
    visibilitySeconds: 900,
    reservedConcurrency: togetherOf(concurrency),
  },
  ...queues(concurrency, { batchSize: 1, batchWindowSeconds: 0, maxReceiveCount }),
});

function queues(concurrency: Concurrency, served: Omit<QueueConfig, 'maxConcurrency'>) {
  const queue = (kind: QueueKind): QueueConfig => ({ ...served, maxConcurrency: concurrency[kind] });
  return {
    lanes: { critical: queue('critical'), high: queue('high'), normal: queue('normal'), low: queue('low') },
    solo: { ...queue('solo'), batchSize: 1 },
  };
}

/** All that a pool's queues may use at once is reserved for it: no lane can take a slot from another. */
function togetherOf(concurrency: Concurrency): number {
  return Object.values(concurrency).reduce((sum, one) => sum + one, 0);
}

/** Two executors a queue: the fewest that SQS knows. */
const FEWEST: Concurrency = { critical: 2, high: 2, normal: 2, low: 2, solo: 2 };

/** Ten are the most that a FIFO queue hands out at once: the first tasks of as many keys run side by side. */
const ordered = (maxConcurrency: number) => ({ maxConcurrency, batchSize: 10 });

/** No lane refuses anything for being full. */
const maxPending = { critical: null, high: null, normal: null, low: null } as const;

/** 100 MB: what a handler may well hold for one task; ten such tasks are more than half of an executor. */
const debug = { memoryGrowthMb: 100 } as const;

const claims = { tenantClaim: 'client_id', groupsClaim: 'cognito:groups' } as const;

/** Every stage, whole: what is not here cannot be set. */
const stages: Readonly<Record<StageName, StageConfig>> = {
  local: {
    stage: 'local',
    retentionDays: 30,
    protectData: false,
    pointInTimeRecovery: true,
    customerManagedKey: false,
    timeIndexShards: 2,
    peakTasksPerSecond: null,
    pools: [standard({ ...FEWEST, normal: 4 }, 2, 12), large(FEWEST, 12)],
    ordered: ordered(2),
    maxPending,
    wait: { reservedConcurrency: 10 },
    claims: { reservedConcurrency: 10 },
    dispatcher: { parallelizationFactor: 1 },
    accountConcurrency: 1000,
    debug,
    // Created by whoever wants to try it, by the API of the local AWS.
    lambdaInvoke: { functions: ['lambda-invoke-example'] },
    http: { ratePerSecond: 10_000, burst: 5000, corsOrigins: [] },
    identity: { kind: 'cognito', tokenValidityHours: 12 },
    ...claims,
    logs: { level: 'INFO', retentionDays: 1 },
    sourceMaps: true,
  },
  dev: {
    stage: 'dev',
    retentionDays: 7,
    protectData: false,
    pointInTimeRecovery: true,
    customerManagedKey: false,
    timeIndexShards: 2,
    peakTasksPerSecond: null,
    pools: [standard({ ...FEWEST, normal: 4 }, 2), large(FEWEST)],
    ordered: ordered(2),
    maxPending,
    wait: { reservedConcurrency: 10 },
    claims: { reservedConcurrency: 10 },
    dispatcher: { parallelizationFactor: 1 },
    accountConcurrency: 1000,
    debug,
    lambdaInvoke: { functions: [] },
    http: { ratePerSecond: 500, burst: 500, corsOrigins: [] },
    identity: { kind: 'cognito', tokenValidityHours: 1 },
    ...claims,
    logs: { level: 'DEBUG', retentionDays: 7 },
    sourceMaps: true,
  },
  staging: {
    stage: 'staging',
    retentionDays: 30,
    protectData: true,
    pointInTimeRecovery: true,
    customerManagedKey: false,
    timeIndexShards: 8,
    peakTasksPerSecond: null,
    pools: [
      standard({ critical: 5, high: 10, normal: 25, low: 10, solo: 2 }, 10),
      large({ ...FEWEST, normal: 5 }),
    ],
    ordered: ordered(10),
    maxPending,
    wait: { reservedConcurrency: 25 },
    claims: { reservedConcurrency: 25 },
    dispatcher: { parallelizationFactor: 2 },
    accountConcurrency: 1000,
    debug,
    lambdaInvoke: { functions: [] },
    http: { ratePerSecond: 2000, burst: 2000, corsOrigins: [] },
    identity: { kind: 'cognito', tokenValidityHours: 1 },
    ...claims,
    logs: { level: 'INFO', retentionDays: 30 },
    sourceMaps: false,
  },
  prod: {
    stage: 'prod',
    retentionDays: 30,
    protectData: true,
    pointInTimeRecovery: true,
    customerManagedKey: false,
    timeIndexShards: 8,
    peakTasksPerSecond: 5000,
    pools: [
      standard({ critical: 25, high: 50, normal: 125, low: 50, solo: 2 }, 50),
      large({ critical: 5, high: 10, normal: 25, low: 10, solo: 2 }),
    ],
    ordered: ordered(50),
    maxPending,
    wait: { reservedConcurrency: 100 },
    claims: { reservedConcurrency: 100 },
    dispatcher: { parallelizationFactor: 2 },
    accountConcurrency: 1000,
    debug,
    lambdaInvoke: { functions: [] },
    http: { ratePerSecond: 5000, burst: 5000, corsOrigins: [] },
    identity: { kind: 'cognito', tokenValidityHours: 1 },
    ...claims,
    logs: { level: 'INFO', retentionDays: 90 },
    sourceMaps: false,
  },
};

/** The checked settings of a stage. Throws an Error that lists every wrong setting with its rule and its fix. */
export function stageConfig(name: string): StageConfig {
  const stage = STAGES.find((known) => known === name);
  if (stage === undefined) {
    throw new Error(
      `stage "${name}" is not configured: choose one of ${STAGES.join(', ')} (-c stage=…), or add it to lib/config.ts`,
    );
  }
  return checkedConfig(stages[stage]);
}

/** Checks settings as `stageConfig` does. */
export function checkedConfig(settings: unknown): StageConfig {
  const parsed = stageSchema.safeParse(settings);
  const wrong = parsed.success ? brokenRules(parsed.data) : parsed.error.issues.map(described);
  if (parsed.success && wrong.length === 0) return parsed.data;
  const lines = wrong.map(({ path, message }) => `  ${path || 'the stage'}: ${message}`);
  throw new Error(`lib/config.ts is wrong:\n${lines.join('\n')}`);
}

function described(issue: z.core.$ZodIssue): BrokenRule {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return {
      path,
      message: `${issue.keys.join(', ')}: no such setting; remove it, or add it to lib/stage-schema.ts`,
    };
  }
  if (issue.code === 'invalid_type')
    return { path, message: `${issue.message}; set it as lib/stage-schema.ts says` };
  return { path, message: issue.message };
}
