import { describe, expect, it } from 'vitest';
import { checkedConfig, stageConfig } from '../../lib/config.ts';
import { type PoolConfig, STAGES } from '../../lib/stage-schema.ts';

const prod = stageConfig('prod');

function problemOf(settings: unknown): string {
  try {
    checkedConfig(settings);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

type Queue = keyof PoolConfig['lanes'] | 'solo';

const withPool = (name: string, change: (pool: PoolConfig) => object): unknown => ({
  ...prod,
  pools: prod.pools.map((pool) => (pool.name === name ? { ...pool, ...change(pool) } : pool)),
});

const withQueue = (queue: Queue, change: object): unknown =>
  withPool('standard', ({ lanes, solo }) =>
    queue === 'solo'
      ? { solo: { ...solo, ...change } }
      : { lanes: { ...lanes, [queue]: { ...lanes[queue], ...change } } },
  );

const withExecutor = (change: object): unknown =>
  withPool('standard', ({ executor }) => ({ executor: { ...executor, ...change } }));

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
    expect(problemOf(withQueue('low', { maxConcurrency }))).toContain(
      `pools.0.lanes.low.maxConcurrency: ${maxConcurrency} is no whole number from 2 to 1000 (the limits of an SQS mapping's maximum concurrency)`,
    );
  });

  it.each([
    [
      'batches above 10 without a window',
      withQueue('low', { batchSize: 100 }),
      'pools.standard.lanes.low.batchSize: 100 without a batching window',
    ],
    [
      'a window on critical',
      withQueue('critical', { batchWindowSeconds: 1 }),
      'pools.standard.lanes.critical.batchWindowSeconds: 1: a window delays',
    ],
    [
      'few receives',
      withQueue('high', { maxReceiveCount: 9 }),
      'pools.standard.lanes.high.maxReceiveCount: 9: put-backs and throttled receives count besides the 5 crashes a task may have; set it to 10 or more',
    ],
    [
      'lanes above the reserve',
      withQueue('low', { maxConcurrency: 51 }),
      "pools.standard.executor.reservedConcurrency: 302 is less than the queues' maximum concurrencies together (303)",
    ],
    [
      'reserves above the quota',
      { ...prod, accountConcurrency: 503 },
      'accountConcurrency: 503: executors, wait and claims reserve 554',
    ],
    [
      'a lease that costs too much',
      withExecutor({ leaseSeconds: 91 }),
      'pools.0.executor.leaseSeconds: 91 is no whole number from 10 to 90',
    ],
    [
      'a lease beyond the message',
      withExecutor({ timeoutSeconds: 70, visibilitySeconds: 75 }),
      'pools.standard.executor.leaseSeconds: 80: the lease must end before the lost message shows up again, after 75 s',
    ],
    [
      'an invocation shorter than an attempt',
      withExecutor({ timeoutSeconds: 60 }),
      'pools.standard.executor.timeoutSeconds: 60: an attempt may take 60 s, and claim and finish come on top; set it to 70 or more',
    ],
    [
      'an invocation beyond the visibility',
      withExecutor({ timeoutSeconds: 91 }),
      'pools.standard.executor.timeoutSeconds: 91, and up to 0 s of gathering before it',
    ],
    [
      'a window beyond the visibility',
      withQueue('low', { batchWindowSeconds: 5 }),
      'pools.standard.executor.timeoutSeconds: 90, and up to 5 s of gathering before it',
    ],
    [
      'a solo queue whose tasks have neighbours',
      withQueue('solo', { batchSize: 2 }),
      'pools.standard.solo.batchSize: 2: a task that may kill its process must have no neighbour; set it to 1',
    ],
    [
      'too little memory for the cores',
      withPool('large', ({ provides }) => ({ provides: { ...provides, cpu_cores: 6 } })),
      'pools.large.executor.memoryMb: 9728: 6 cores take 1769 MB each, and 8 GB must stay below 85 % of it; set it to 10614',
    ],
    [
      'too little memory for the gigabytes',
      withPool('large', ({ provides }) => ({ provides: { ...provides, memory_gb: 8.2 } })),
      'pools.large.executor.memoryMb: 9728: 4 cores take 1769 MB each, and 8.2 GB must stay below 85 % of it; set it to 9879',
    ],
    [
      'too little storage',
      withPool('large', ({ executor }) => ({ executor: { ...executor, ephemeralStorageMb: 512 } })),
      'pools.large.executor.ephemeralStorageMb: 512 is less than the 10 GB that the pool provides; set it to 10240',
    ],
    [
      'GPUs',
      withPool('large', ({ provides }) => ({ provides: { ...provides, gpu_units: 1 } })),
      'pools.1.provides.gpu_units: 1: Lambda has no GPUs; set it to 0',
    ],
    [
      'pools in another order',
      { ...prod, pools: prod.pools.toReversed() },
      'pools.standard: it gives less cpu_cores, memory_gb, storage_gb, timeout_seconds than large before it',
    ],
    [
      'a pool that gives less of one thing',
      withPool('large', () => ({ attemptSeconds: 30 })),
      'pools.large: it gives less timeout_seconds than standard before it',
    ],
    [
      'two pools of one name',
      withPool('large', () => ({ name: 'standard' })),
      'pools.standard: two pools have this name',
    ],
    [
      'a name that no queue can bear',
      withPool('large', () => ({ name: 'very-large' })),
      'pools.1.name: "very-large": a pool has 1 to 16 small letters and digits, a letter first',
    ],
    ['no pool', { ...prod, pools: [] }, 'pools: '],
    [
      'a lane that may have no message',
      { ...prod, maxPending: { ...prod.maxPending, low: 0 } },
      'maxPending.low: 0 is no whole number from 1',
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

  it('leave no time between an attempt and its invocation where Lambda has no more: the executor ends it before', () => {
    const [large] = prod.pools.filter(({ name }) => name === 'large');
    expect([large?.attemptSeconds, large?.executor.timeoutSeconds]).toEqual([900, 900]);
  });

  it('allow batches above 10 within a window that the visibility has room for', () => {
    const settings = withPool('standard', ({ lanes, executor }) => ({
      lanes: { ...lanes, low: { ...lanes.low, batchSize: 100, batchWindowSeconds: 2 } },
      executor: { ...executor, visibilitySeconds: 92 },
    }));
    expect(problemOf(settings)).toBe('none');
  });

  it('fail with every wrong setting at once', () => {
    const settings = { ...prod, timeIndexShards: 1, accountConcurrency: 100 };
    expect(problemOf(settings).split('\n')).toHaveLength(3);
  });
});
