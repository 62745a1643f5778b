import type { z } from 'zod';
import { type BrokenRule, brokenRules } from './stage-rules.ts';
import { type LaneConfig, STAGES, type StageConfig, type StageName, stageSchema } from './stage-schema.ts';

/** Batches of ten without a window: the most that SQS hands out at once, and no task waits for others. */
const lane = (maxConcurrency: number, maxReceiveCount = 50): LaneConfig => ({
  maxConcurrency,
  batchSize: 10,
  batchWindowSeconds: 0,
  maxReceiveCount,
});

/** A task that runs alone: what may have killed its neighbours has none. Two at a time are the fewest that SQS knows. */
const solo = (maxReceiveCount = 50): LaneConfig => ({ ...lane(2, maxReceiveCount), batchSize: 1 });

/** 1,769 MB are one full vCPU. A batch's longest attempt takes 60 s, its lease 80 s, its message 90 s. */
const executor = { memoryMb: 1769, timeoutSeconds: 90, leaseSeconds: 80, visibilitySeconds: 90 } as const;

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
    lanes: { critical: lane(2, 12), high: lane(2, 12), normal: lane(4, 12), low: lane(2, 12) },
    solo: solo(12),
    executor: { ...executor, reservedConcurrency: 12 },
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
    lanes: { critical: lane(2), high: lane(2), normal: lane(4), low: lane(2) },
    solo: solo(),
    executor: { ...executor, reservedConcurrency: 12 },
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
    lanes: { critical: lane(5), high: lane(10), normal: lane(25), low: lane(10) },
    solo: solo(),
    executor: { ...executor, reservedConcurrency: 52 },
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
    lanes: { critical: lane(25), high: lane(50), normal: lane(125), low: lane(50) },
    solo: solo(),
    executor: { ...executor, reservedConcurrency: 252 },
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
