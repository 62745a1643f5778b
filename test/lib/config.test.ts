import { describe, expect, it } from 'vitest';
import { checkedConfig, stageConfig } from '../../lib/config.ts';
import { STAGES, type StageConfig } from '../../lib/stage-schema.ts';

const prod = stageConfig('prod');

function problemOf(settings: unknown): string {
  try {
    checkedConfig(settings);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

const withLane = (lane: keyof StageConfig['lanes'], change: object): StageConfig => ({
  ...prod,
  lanes: { ...prod.lanes, [lane]: { ...prod.lanes[lane], ...change } },
});

const withExecutor = (change: object): StageConfig => ({
  ...prod,
  executor: { ...prod.executor, ...change },
});

describe('the settings of a stage', () => {
  it.each(STAGES)('of %s are right', (stage) => {
    expect(stageConfig(stage).stage).toBe(stage);
  });

  it('fails for a stage that is not configured, naming those that are', () => {
    expect(() => stageConfig('production')).toThrow(
      'stage "production" is not configured: choose one of local, dev, staging, prod (-c stage=…), or add it to lib/config.ts',
    );
  });

  it('accept any OpenID Connect issuer in place of Cognito', () => {
    const identity = { kind: 'oidc', issuer: 'https://id.example.com/', audience: ['tasklane'] };
    expect(checkedConfig({ ...prod, identity }).identity).toEqual(identity);
  });

  it.each([
    ['an unknown setting', { ...prod, retries: 3 }, 'the stage: retries: no such setting; remove it'],
    ['a missing setting', { ...prod, logs: {} }, 'logs.level: Invalid option'],
    [
      'no number',
      { ...prod, retentionDays: '30' },
      'retentionDays: Invalid input: expected number, received string; set it',
    ],
    ['half a day', { ...prod, retentionDays: 0.5 }, 'retentionDays: 0.5 is no whole number from 1 to 3650'],
    [
      'a log retention unknown to CloudWatch',
      { ...prod, logs: { level: 'INFO', retentionDays: 8 } },
      'logs.retentionDays: 8 days is no retention of CloudWatch Logs',
    ],
    [
      'an issuer without TLS',
      { ...prod, identity: { kind: 'oidc', issuer: 'http://id.example.com', audience: ['a'] } },
      'identity.issuer: http://id.example.com is no https URL',
    ],
    [
      'an issuer without an audience',
      { ...prod, identity: { kind: 'oidc', issuer: 'https://id.example.com', audience: [] } },
      'identity.audience: an empty list admits nobody',
    ],
    [
      'a token of more than a day',
      { ...prod, identity: { kind: 'cognito', tokenValidityHours: 25 } },
      'identity.tokenValidityHours: 25 is no whole number from 1 to 24',
    ],
  ])('fail with %s', (_, settings, message) => {
    expect(problemOf(settings)).toContain(message);
  });

  it.each([1, 1001])('fail with a lane of maximum concurrency %i', (maxConcurrency) => {
    expect(problemOf(withLane('low', { maxConcurrency }))).toContain(
      `lanes.low.maxConcurrency: ${maxConcurrency} is no whole number from 2 to 1000 (the limits of an SQS mapping's maximum concurrency)`,
    );
  });

  it.each([
    [
      'batches above 10 without a window',
      withLane('low', { batchSize: 100 }),
      'lanes.low.batchSize: 100 without a batching window',
    ],
    [
      'a window on critical',
      withLane('critical', { batchWindowSeconds: 1 }),
      'lanes.critical.batchWindowSeconds: 1: a window delays',
    ],
    [
      'few receives',
      withLane('high', { maxReceiveCount: 9 }),
      'lanes.high.maxReceiveCount: 9: put-backs and throttled receives count besides the 5 crashes a task may have; set it to 10 or more',
    ],
    [
      'lanes above the reserve',
      withLane('low', { maxConcurrency: 51 }),
      "executor.reservedConcurrency: 252 is less than the queues' maximum concurrencies together (253)",
    ],
    [
      'reserves above the quota',
      { ...prod, accountConcurrency: 451 },
      'accountConcurrency: 451: executor, wait and claims reserve 452',
    ],
    [
      'a lease that an attempt outlives',
      withExecutor({ leaseSeconds: 60 }),
      'executor.leaseSeconds: 60: an attempt may take 60 s, and its lease must outlive it; set it above 60',
    ],
    [
      'a lease beyond the message',
      withExecutor({ leaseSeconds: 91 }),
      'executor.leaseSeconds: 91: the lease must end before the lost message shows up again, after 90 s',
    ],
    [
      'an invocation shorter than an attempt',
      withExecutor({ timeoutSeconds: 60 }),
      'executor.timeoutSeconds: 60: an attempt may take 60 s',
    ],
    [
      'an invocation beyond the visibility',
      withExecutor({ timeoutSeconds: 91 }),
      'executor.timeoutSeconds: 91, and up to 0 s of gathering before it',
    ],
    [
      'a window beyond the visibility',
      withLane('low', { batchWindowSeconds: 5 }),
      'executor.timeoutSeconds: 90, and up to 5 s of gathering before it',
    ],
    [
      'too few shards',
      { ...prod, timeIndexShards: 4 },
      'timeIndexShards: 4: a shard takes 1000 writes a second, and 5000 tasks a second are expected; set it to 5 or more',
    ],
    [
      'short-lived local tokens',
      { ...stageConfig('local'), identity: { kind: 'cognito', tokenValidityHours: 7 } },
      'identity.tokenValidityHours: 7: the tokens of a local run are printed once',
    ],
  ])('fail with %s, giving the value, the rule and the fix', (_, settings, message) => {
    expect(problemOf(settings)).toContain(message);
  });

  it('allow batches above 10 within a window that the visibility has room for', () => {
    const settings = withLane('low', { batchSize: 100, batchWindowSeconds: 2 });
    const executor = { ...prod.executor, visibilitySeconds: 92 };
    expect(problemOf({ ...settings, executor })).toBe('none');
  });

  it('fail with every wrong setting at once', () => {
    const settings = { ...withExecutor({ leaseSeconds: 60 }), timeIndexShards: 1 };
    expect(problemOf(settings).split('\n')).toHaveLength(3);
  });
});
