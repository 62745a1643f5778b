import { describe, expect, it } from 'vitest';
import { CRASH_LIMIT } from '../../core/crashes.ts';
import { LANES } from '../../core/lane.ts';
import { QUEUE_KINDS } from '../../core/queue-name.ts';
import { queuesOf } from '../../lib/pool-queues.ts';
import type { PoolConfig } from '../../lib/stage-schema.ts';
import { propertiesOf, resourcesOf, statementsOf, templatesOf } from './synthesized-stage.ts';

const { config, execution } = templatesOf('prod');
const QUEUE = 'AWS::SQS::Queue';
const MAPPING = 'AWS::Lambda::EventSourceMapping';
const FUNCTION = 'AWS::Lambda::Function';

/** The beginnings of the logical ids of a pool's resources. */
const POOLS = config.pools.map((pool) => {
  const isSmallest = pool === config.pools[0];
  const executor = isSmallest ? 'Executeexecutor' : `Execute${pool.name}executor${pool.name}`;
  return { pool, name: pool.name, execute: isSmallest ? 'Execute' : `Execute${pool.name}`, executor };
});
const CASES = POOLS.flatMap(({ pool, execute, executor }) =>
  queuesOf(config, pool).map((queue) => ({ ...queue, pool, execute, executor })),
);

const deadLetters = (name: string) => propertiesOf(execution, QUEUE, `Lanes${name}DeadLetters`);
const mapping = (name: string) => propertiesOf(execution, MAPPING, name);

describe('the execution stack', () => {
  it('has the queues, functions and mappings of the data path', () => {
    // Four lanes and solo in each of two pools, their dead letters, redo and release with their own, `ordered` and
    // `undispatched`.
    execution.resourceCountIs(QUEUE, 2 * 5 + 5 + 4 + 2);
    // Two executors, dispatcher, redo, release, dead-letter, timers, lane-switch.
    execution.resourceCountIs(FUNCTION, 8);
    // Four lanes and solo in each pool, their dead-letter queues, `ordered`, redo, release, the stream.
    execution.resourceCountIs(MAPPING, 2 * 5 + 5 + 4);
  });

  it('sweeps each shard of the timer index each minute', () => {
    const rules = resourcesOf(execution, 'AWS::Events::Rule', 'Sweep').map(({ Properties }) => Properties);
    for (const rule of rules) expect(rule?.ScheduleExpression).toBe('rate(1 minute)');
    const targetsOf = rules.map((rule) => (rule?.Targets ?? []) as { Input: string }[]);
    const targets = targetsOf.flat();
    expect(targets.map(({ Input }) => JSON.parse(Input).shard)).toEqual(
      Array.from({ length: config.timeIndexShards }, (_, shard) => String(shard)),
    );
    for (const { length } of targetsOf) expect(length).toBeLessThanOrEqual(5);
  });
});

describe('the ordered queue', () => {
  const ordered = propertiesOf(execution, QUEUE, 'Lanesordered');
  const [standard] = config.pools;

  it('is a FIFO queue whose keys have their throughput each, and takes no message twice by chance', () => {
    expect(ordered).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      SqsManagedSseEnabled: true,
    });
    expect(ordered.ContentBasedDeduplication ?? false).toBe(false);
  });

  it('has no dead letters: one that is taken out of its group frees those behind it while its task lives', () => {
    expect(ordered).not.toHaveProperty('RedrivePolicy');
  });

  it('keeps its messages as long as SQS can, and hides them as long as its executor may run', () => {
    expect(ordered.MessageRetentionPeriod).toBe(14 * 86_400);
    expect(ordered.VisibilityTimeout).toBe(standard?.executor.visibilitySeconds);
  });

  it('is served by the smallest pool alone', () => {
    const served = resourcesOf(execution, MAPPING).filter(({ Properties }) =>
      JSON.stringify(Properties?.EventSourceArn).includes('Lanesordered'),
    );
    expect(served).toHaveLength(1);
    expect(mapping('Executeordered')).toMatchObject({
      BatchSize: config.ordered.batchSize,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: config.ordered.maxConcurrency },
    });
    expect(mapping('Executeordered')).not.toHaveProperty('MaximumBatchingWindowInSeconds');
  });
});

describe.each(CASES)('the queue $name', ({ name, kind, pool, execute, executor, ...served }) => {
  const queue = propertiesOf(execution, QUEUE, `Lanes${name.replace('-', '')}Queue`);

  it('keeps messages for ten days', () => {
    expect(queue.MessageRetentionPeriod).toBe(10 * 86_400);
  });

  it('hides a message as long as an executor may run, and longer than a lease', () => {
    const { Timeout } = propertiesOf(execution, FUNCTION, executor);
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(Number(Timeout));
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(pool.executor.leaseSeconds);
  });

  it('buries a message only well after the crash limit, since a receive is no attempt', () => {
    const { maxReceiveCount, deadLetterTargetArn } = queue.RedrivePolicy as Record<string, unknown>;
    expect(maxReceiveCount).toBe(50);
    expect(maxReceiveCount).toBeGreaterThan(5 * CRASH_LIMIT);
    expect(JSON.stringify(deadLetterTargetArn)).toContain(`Lanes${kind}DeadLetters`);
  });

  it('is encrypted', () => {
    expect(queue.SqsManagedSseEnabled).toBe(true);
  });

  it('has a mapping of its own to the executor of its pool, with a maximum concurrency of its own', () => {
    const own = mapping(`${execute}${kind}`);
    expect(own).toMatchObject({
      BatchSize: served.batchSize,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: served.maxConcurrency },
    });
    expect(JSON.stringify(own.FunctionName)).toContain(executor);
    expect(JSON.stringify(own.EventSourceArn)).toContain(`Lanes${name.replace('-', '')}Queue`);
  });

  it('waits for no batch to fill', () => {
    expect(mapping(`${execute}${kind}`)).not.toHaveProperty('MaximumBatchingWindowInSeconds');
  });

  it('gives a task that runs alone no neighbour', () => {
    if (kind === 'solo') expect(mapping(`${execute}${kind}`).BatchSize).toBe(1);
  });
});

describe.each(QUEUE_KINDS)('the dead letters of %s', (kind) => {
  it('are kept for fourteen days, since their age goes on, and encrypted', () => {
    expect(deadLetters(kind)).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
  });

  it('are read, and hidden meanwhile', () => {
    expect(mapping(`Bury${kind}`)).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    const deadLetter = propertiesOf(execution, FUNCTION, 'Burydeadletter');
    expect(deadLetters(kind).VisibilityTimeout).toBeGreaterThanOrEqual(Number(deadLetter.Timeout));
  });
});

describe.each(POOLS)('the executor of the pool $name', ({ pool, executor }) => {
  const properties = propertiesOf(execution, FUNCTION, executor);
  const isSmallest = pool === config.pools[0];

  it('has reserved what its queues may use together, so that none takes a slot from another', () => {
    const together = queuesOf(config, pool).reduce((sum, { maxConcurrency }) => sum + maxConcurrency, 0);
    expect(properties.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(together);
  });

  it('has the size that the pool promises', () => {
    expect(properties).toMatchObject({
      MemorySize: pool.executor.memoryMb,
      EphemeralStorage: { Size: pool.executor.ephemeralStorageMb },
      Timeout: pool.executor.timeoutSeconds,
    });
  });

  it('knows its lease, where tasks go that need more memory, and how long ended tasks are kept', () => {
    expect(properties.Environment).toMatchObject({
      Variables: {
        LEASE_SECONDS: '80',
        VISIBILITY_SECONDS: String(pool.executor.visibilitySeconds),
        LARGER_POOL: isSmallest ? 'large' : '',
        RETENTION_SECONDS: String(30 * 86_400),
      },
    });
  });

  it('logs under its own name, and may read the queues of its pool alone', () => {
    const suffix = isSmallest ? '' : `-${pool.name}`;
    const logs = propertiesOf(execution, 'AWS::Logs::LogGroup', executor);
    expect(logs.LogGroupName).toBe(`/tasklane/prod/executor${suffix}`);
    const receives = statementsOf(execution, executor).filter(({ Action }) =>
      Action.includes('sqs:ReceiveMessage'),
    );
    const queues = receives.flatMap(({ Resource }) => Resource.map((arn) => JSON.stringify(arn)));
    expect(queues).toHaveLength(QUEUE_KINDS.length + (isSmallest ? 1 : 0));
    const own = isSmallest ? /Lanes([a-z]+Queue|ordered)/ : new RegExp(`Lanes[a-z]+${pool.name}Queue`);
    for (const arn of queues) expect(arn).toMatch(own);
    if (isSmallest) for (const arn of queues) expect(arn).not.toContain('large');
  });
});

describe('the lane switch', () => {
  it('looks each minute, and may touch the mappings of the lanes alone: not solo, no dead letters', () => {
    const [rule] = resourcesOf(execution, 'AWS::Events::Rule', 'Switch');
    expect(rule?.Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)' });
    const updates = statementsOf(execution, 'Switchlaneswitch').filter(({ Action }) =>
      Action.includes('lambda:UpdateEventSourceMapping'),
    );
    const mappings = updates.flatMap(({ Resource }) => Resource.map((arn) => JSON.stringify(arn)));
    expect(mappings).toHaveLength(LANES.length * config.pools.length);
    for (const arn of mappings) expect(arn).toMatch(/Execute(large)?(critical|high|normal|low)/);
  });

  it('finds no mapping enabled or disabled by the template: that is for the states of the lanes to say', () => {
    for (const { Properties } of resourcesOf(execution, MAPPING))
      expect(Properties).not.toHaveProperty('Enabled');
  });
});

describe('pools of another configuration', () => {
  const [standard, large] = config.pools as [PoolConfig, PoolConfig];
  const low = { ...standard.lanes.low, batchSize: 100, batchWindowSeconds: 2 };
  const middle = { ...large, name: 'middle', provides: { ...large.provides, cpu_cores: 2 } };
  const others = templatesOf('prod', {
    pools: [{ ...standard, lanes: { ...standard.lanes, low } }, middle, large],
  });

  it('have larger batches within a window where a stage asks for them', () => {
    expect(propertiesOf(others.execution, MAPPING, 'Executelow')).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 2,
    });
  });

  it('are one more function, its queues and its mappings, and no line of code', () => {
    const more = (type: string) =>
      resourcesOf(others.execution, type).length - resourcesOf(execution, type).length;
    expect([more(FUNCTION), more(QUEUE), more(MAPPING)]).toEqual([1, 5, 5]);
    const { Variables } = propertiesOf(others.execution, FUNCTION, 'Executemiddleexecutormiddle')
      .Environment as { Variables: Record<string, unknown> };
    expect(Variables.LARGER_POOL).toBe('large');
    expect(JSON.stringify(Variables.QUEUE_URLS)).toContain('normal-middle');
  });

  it('are known to the API, which chooses among them', () => {
    const { Variables } = propertiesOf(others.api, FUNCTION, 'Answerapi').Environment as {
      Variables: Record<string, string>;
    };
    const names = JSON.parse(Variables.POOLS ?? '').map(({ name }: { name: string }) => name);
    expect(names).toEqual(['standard', 'middle', 'large']);
    expect(JSON.stringify(Variables.QUEUE_URLS)).toContain('critical-middle');
  });
});

describe('the dispatcher', () => {
  const stream = mapping('DispatchStream');

  it('reads the stream from its first record on, so that none from before its creation is lost', () => {
    expect(stream.StartingPosition).toBe('TRIM_HORIZON');
  });

  it('never lets a record block its shard: it bisects, tries at least 20 times, reports partial failures', () => {
    expect(stream).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(stream.MaximumRetryAttempts).toBeGreaterThanOrEqual(20);
    expect(JSON.stringify(stream.DestinationConfig)).toContain('DispatchUndispatched');
  });

  it('sees what waits for something, ends from which something follows, and starts that are waited for', () => {
    const { Filters } = stream.FilterCriteria as { Filters: readonly { Pattern: string }[] };
    const images = Filters.flatMap(({ Pattern }) => JSON.parse(Pattern).dynamodb.NewImage ?? []);
    expect(images).toEqual([
      { status: { S: ['waiting', 'scheduled', 'queued', 'retrying'] } },
      { status: { S: ['completed', 'failed', 'cancelled'] }, on_end: { BOOL: [{ exists: true }] } },
      { status: { S: ['completed', 'failed', 'cancelled'] }, has_dependents: { BOOL: [{ exists: true }] } },
      { status: { S: ['processing'] }, has_start_dependents: { BOOL: [{ exists: true }] } },
    ]);
    // AWS takes five patterns of a mapping, unless its quota is raised.
    expect(Filters.length).toBeLessThanOrEqual(5);
  });

  it('sees deletions of rows that have objects, and no others', () => {
    const { Filters } = stream.FilterCriteria as { Filters: readonly { Pattern: string }[] };
    const patterns = Filters.map(({ Pattern }) => JSON.parse(Pattern));
    expect(patterns.filter(({ dynamodb }) => dynamodb.NewImage === undefined)).toEqual([
      { eventName: ['REMOVE'], dynamodb: { OldImage: { has_objects: { BOOL: [{ exists: true }] } } } },
    ]);
  });

  it('is the only consumer of the stream', () => {
    const streams = resourcesOf(execution, MAPPING).filter(({ Properties }) => Properties?.StartingPosition);
    expect(streams).toHaveLength(1);
  });
});

describe('release', () => {
  const queue = propertiesOf(execution, QUEUE, 'ReleaseMessagesQueue');
  const release = propertiesOf(execution, 'AWS::Lambda::Function', 'Releaserelease');

  it('has dead letters of its own and time for its work', () => {
    expect(queue).toMatchObject({
      MessageRetentionPeriod: 10 * 86_400,
      RedrivePolicy: { maxReceiveCount: 50 },
    });
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(Number(release.Timeout));
  });

  it('may send to the queue that feeds it: one page of dependents follows the other', () => {
    expect(release.RecursiveLoop).toBe('Allow');
  });

  it('looks at ten ends at once, and reports those that it could not tell of', () => {
    expect(mapping('ReleaseMapping')).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });
});

describe('redo', () => {
  it('has dead letters of its own and time for its work', () => {
    const queue = propertiesOf(execution, QUEUE, 'DispatchRedoQueue');
    const redo = propertiesOf(execution, 'AWS::Lambda::Function', 'Dispatchredo');
    expect(queue).toMatchObject({
      MessageRetentionPeriod: 10 * 86_400,
      RedrivePolicy: { maxReceiveCount: 50 },
    });
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(Number(redo.Timeout));
  });
});
