import { describe, expect, it } from 'vitest';
import { CRASH_LIMIT } from '../../core/crashes.ts';
import { QUEUE_KINDS } from '../../core/queue-name.ts';
import { queueSettingsOf } from '../../lib/queue-settings.ts';
import { propertiesOf, resourcesOf, templatesOf } from './synthesized-stage.ts';

const { config, execution } = templatesOf('prod');
const low = { ...config.lanes.low, batchSize: 100, batchWindowSeconds: 2 };
const windowed = templatesOf('prod', { lanes: { ...config.lanes, low } });
const QUEUE = 'AWS::SQS::Queue';
const MAPPING = 'AWS::Lambda::EventSourceMapping';

const lane = (name: string) => propertiesOf(execution, QUEUE, `Lanes${name}Queue`);
const deadLetters = (name: string) => propertiesOf(execution, QUEUE, `Lanes${name}DeadLetters`);
const mapping = (name: string) => propertiesOf(execution, MAPPING, name);
const executor = propertiesOf(execution, 'AWS::Lambda::Function', 'Executeexecutor');

describe('the execution stack', () => {
  it('has the queues, functions and mappings of the data path', () => {
    // Four lanes, solo, redo and release with their dead letters, and `undispatched`.
    execution.resourceCountIs(QUEUE, 15);
    execution.resourceCountIs('AWS::Lambda::Function', 6);
    // Four lanes and solo, their dead-letter queues, redo, release, the stream.
    execution.resourceCountIs(MAPPING, 13);
  });

  it('sweeps each shard of the timer index each minute', () => {
    const rules = resourcesOf(execution, 'AWS::Events::Rule').map(({ Properties }) => Properties);
    for (const rule of rules) expect(rule?.ScheduleExpression).toBe('rate(1 minute)');
    const targetsOf = rules.map((rule) => (rule?.Targets ?? []) as { Input: string }[]);
    const targets = targetsOf.flat();
    expect(targets.map(({ Input }) => JSON.parse(Input).shard)).toEqual(
      Array.from({ length: config.timeIndexShards }, (_, shard) => String(shard)),
    );
    for (const { length } of targetsOf) expect(length).toBeLessThanOrEqual(5);
  });
});

describe.each(QUEUE_KINDS)('the queue %s', (name) => {
  it('keeps messages for ten days and dead letters, whose age goes on, for fourteen', () => {
    expect(lane(name).MessageRetentionPeriod).toBe(10 * 86_400);
    expect(deadLetters(name).MessageRetentionPeriod).toBe(14 * 86_400);
  });

  it('hides a message as long as an executor may run, and longer than a lease', () => {
    expect(lane(name).VisibilityTimeout).toBeGreaterThanOrEqual(Number(executor.Timeout));
    expect(lane(name).VisibilityTimeout).toBeGreaterThanOrEqual(config.executor.leaseSeconds);
  });

  it('buries a message only well after the crash limit, since a receive is no attempt', () => {
    const { maxReceiveCount } = lane(name).RedrivePolicy as { maxReceiveCount: number };
    expect(maxReceiveCount).toBe(50);
    expect(maxReceiveCount).toBeGreaterThan(5 * CRASH_LIMIT);
  });

  it('is encrypted and refuses plain HTTP', () => {
    expect(lane(name).SqsManagedSseEnabled).toBe(true);
    expect(deadLetters(name).SqsManagedSseEnabled).toBe(true);
  });

  it('has a mapping of its own with a maximum concurrency of its own', () => {
    expect(mapping(`Execute${name}`)).toMatchObject({
      BatchSize: queueSettingsOf(config, name).batchSize,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: queueSettingsOf(config, name).maxConcurrency },
    });
  });

  it('waits for no batch to fill', () => {
    expect(mapping(`Execute${name}`)).not.toHaveProperty('MaximumBatchingWindowInSeconds');
  });

  it('has its dead letters read, and hidden meanwhile', () => {
    expect(mapping(`Bury${name}`)).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    const deadLetter = propertiesOf(execution, 'AWS::Lambda::Function', 'Burydeadletter');
    expect(deadLetters(name).VisibilityTimeout).toBeGreaterThanOrEqual(Number(deadLetter.Timeout));
  });
});

describe('the executor', () => {
  it('has reserved what the lanes may use together, so that none takes a slot from another', () => {
    const together = QUEUE_KINDS.reduce((sum, name) => sum + queueSettingsOf(config, name).maxConcurrency, 0);
    expect(executor.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(together);
  });

  it('knows its lease and how long ended tasks are kept', () => {
    expect(executor.Environment).toMatchObject({
      Variables: { LEASE_SECONDS: '80', RETENTION_SECONDS: String(30 * 86_400) },
    });
  });

  it('gets larger batches within a window where a stage asks for them', () => {
    expect(propertiesOf(windowed.execution, MAPPING, 'Executelow')).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 2,
    });
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
