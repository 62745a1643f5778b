import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cacheKeyOf } from '../../../core/result-cache.ts';
import { TaskError } from '../../../core/task-error.ts';
import { MAX_OUTPUT_BYTES } from '../../../functions/executor/output-text.ts';
import { runAttempt } from '../../../functions/executor/run-attempt.ts';
import { taskMemoryOf } from '../../../functions/executor/task-memory.ts';
import { defineTask, type TaskDefinition } from '../../../functions/tasks/define-task.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryMemory } from '../../support/in-memory-memory.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

function rejectedBy(signal: AbortSignal): Promise<never> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** With its quotes two bytes more than are stored. */
const LARGEST = 'x'.repeat(MAX_OUTPUT_BYTES);

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function run(
  definition: Partial<TaskDefinition>,
  submission = {},
  payloadText: string | undefined = '{"n":1}',
  stop: AbortSignal = new AbortController().signal,
) {
  const type: TaskDefinition = {
    type: 'echo',
    input: z.unknown(),
    run: ({ payload }) => payload,
    ...definition,
  };
  const tasks = new InMemoryTaskStore();
  const row = claimed(aRow(submission));
  tasks.rows.set(row.task_id, row);
  const memory = new InMemoryMemory();
  const asked: (string | undefined)[] = [];
  const deps = {
    findTaskType: (name: string) => (name === 'echo' ? type : undefined),
    tasks,
    clock: new FixedClock(),
    startUsage: () => () => ({ cpu_ms: 1, max_memory_mb: 80 }),
    logOf: () => silent,
    memoryOf: (agentId: string | undefined) => {
      asked.push(agentId);
      return taskMemoryOf(
        { memory, clock: new FixedClock(), newWriteId: () => crypto.randomUUID() },
        agentId,
      );
    },
    retentionSeconds: 60,
    debug: {
      memory: () => ({ rss_mb: 100, heap_mb: 20 }),
      process: () => ({ cold: false, function_version: '7', memory_limit_mb: 1769 }),
      memoryGrowthMb: 100,
    },
  };
  return { attempt: runAttempt(deps, row, payloadText, stop), row, tasks, memory, asked };
}

describe('an attempt', () => {
  it('leaves the output of its handler', async () => {
    const { attempt, row } = run({});
    expect(await attempt).toMatchObject({
      result: { task_id: row.task_id, attempt: 1, succeeded: true, output: '{"n":1}' },
      outcome: { kind: 'succeeded', resultAttempt: 1 },
    });
  });

  it('has the memory of its agent, built only for a handler that asks for it', async () => {
    const plain = run({});
    await plain.attempt;
    expect(plain.asked).toEqual([]);
    const using = run(
      { run: async ({ memory }) => (await memory.put('k', [1])).value },
      { agent_id: 'agent-7' },
    );
    expect((await using.attempt)?.result?.output).toBe('[1]');
    expect([...using.memory.items.keys()]).toEqual(['agent-7#k']);
  });

  it('stores null for a handler that returns nothing', async () => {
    const { attempt } = run({ run: () => undefined });
    expect((await attempt)?.result?.output).toBe('null');
  });

  it.each<[string, Partial<TaskDefinition>, object]>([
    [
      'the error that a handler throws',
      { run: () => Promise.reject(new Error('no')) },
      { code: 'handler_error', message: 'Error: no', retryable: true },
    ],
    [
      'a handler that throws at once',
      {
        run: () => {
          throw new TypeError('x');
        },
      },
      { code: 'handler_error', retryable: true },
    ],
    [
      'a TaskError as it is',
      {
        run: () => Promise.reject(new TaskError('quota', 'full', { retryable: false, details: { used: 9 } })),
      },
      { code: 'quota', message: 'full', retryable: false, details: { used: 9 } },
    ],
    [
      'a payload that fits its type no more',
      { input: z.object({ url: z.string() }) },
      { code: 'validation_failed', retryable: false },
    ],
    ['an output that is no JSON', { run: () => 1n }, { code: 'invalid_output', retryable: false }],
    ['an output that is a function', { run: () => () => 1 }, { code: 'invalid_output', retryable: false }],
    ['an output above the limit', { run: () => LARGEST }, { code: 'output_too_large', retryable: false }],
  ])('fails with %s', async (_, definition, error) => {
    const { attempt } = run(definition);
    expect(await attempt).toMatchObject({
      result: { succeeded: false, error },
      outcome: { kind: 'failed', failure: error },
    });
  });

  it.each<[string, string, RegExp]>([
    ['is no JSON', '{]', /^the uploaded payload is no JSON: /],
    ['is empty', '', /no JSON: it is empty/],
    ['is nested too deep', '['.repeat(65) + ']'.repeat(65), /refused: \/: the JSON is nested 65 deep/],
    ['has unsafe names', '{"a":{"__proto__":1}}', /refused: \/a\/__proto__: the name "__proto__"/],
    ['has numbers that are none', '[1e999]', /refused: \/0: the number is too large/],
  ])('fails for good with an uploaded payload that %s', async (_, text, message) => {
    const { attempt } = run({}, { payload: undefined, upload: { key: 'uploads/1', bytes: 1 } }, text);
    expect((await attempt)?.result?.error).toMatchObject({
      code: 'validation_failed',
      message: expect.stringMatching(message),
      retryable: false,
    });
  });

  it('runs with an uploaded payload that is right', async () => {
    const { attempt } = run({}, { payload: undefined, upload: { key: 'uploads/1', bytes: 9 } }, '{"n":[2]}');
    expect((await attempt)?.result?.output).toBe('{"n":[2]}');
  });

  it('fails when the deployment does not know its type', async () => {
    const { attempt } = run({}, { type: 'gone' });
    expect((await attempt)?.result?.error).toMatchObject({ code: 'unknown_type', retryable: false });
  });

  it('passes on how long a server asks to wait', async () => {
    const busy = new TaskError('http_status', '503', { retryAfterSeconds: 3 });
    const { attempt } = run({ run: () => Promise.reject(busy) });
    expect((await attempt)?.outcome).toMatchObject({ kind: 'failed', retryAfterSeconds: 3 });
  });

  it('leaves what its handler has counted, and how its stages went', async () => {
    const pipeline = defineTask({
      type: 'echo',
      input: z.unknown(),
      stages: [
        { name: 'read', run: ({ metric }) => metric('rows', 3) },
        { name: 'sum', run: () => Promise.reject(new TaskError('empty', 'no rows')), fallback: 0 },
      ],
    });
    const { attempt } = run(pipeline);
    expect(await attempt).toMatchObject({
      result: {
        output: '0',
        usage: {
          cpu_ms: 1,
          custom: { rows: 3 },
          stages: [
            { name: 'read', duration_ms: 0, fallback_used: false, error: null },
            { name: 'sum', fallback_used: true, error: { code: 'empty', message: 'no rows' } },
          ],
        },
      },
    });
  });

  it('leaves the stages of a pipeline that fails', async () => {
    const stages = [{ name: 'read', run: () => Promise.reject(new Error('no')) }];
    const { attempt } = run(defineTask({ type: 'echo', input: z.unknown(), stages }));
    const result = (await attempt)?.result;
    expect(result).toMatchObject({ succeeded: false, error: { code: 'handler_error' } });
    expect(result?.usage.stages).toMatchObject([{ name: 'read', error: { code: 'handler_error' } }]);
  });

  describe('that fails, of a type with onError', () => {
    const quota = new TaskError('quota', 'full', { retryAfterSeconds: 3 });
    const failing = { run: () => Promise.reject(quota) };

    it('is decided by it, with the task, the numbers and the policy at hand', async () => {
      const seen: unknown[] = [];
      const { attempt, row } = run(
        {
          ...failing,
          retry: { max_attempts: 9 },
          onError: (...all) => {
            seen.push(...all);
            return { action: 'retry', delaySeconds: 1 };
          },
        },
        { retry: { jitter: 'none' } },
      );
      const failure = { code: 'quota', message: 'full', retryable: true };
      const decision = { action: 'retry', delay_seconds: 1 };
      expect(await attempt).toMatchObject({
        result: { succeeded: false, error: failure, decision },
        outcome: { kind: 'failed', failure, decision, retryAfterSeconds: 3 },
      });
      expect(seen).toMatchObject([
        quota,
        {
          task: { task_id: row.task_id, timeout_seconds: 30 },
          attempt: 1,
          failures: 1,
          policy: { max_attempts: 9, jitter: 'none', backoff_factor: 2 },
          failure,
        },
      ]);
    });

    it('leaves the output that the task falls back to, and the error', async () => {
      const { attempt } = run({ ...failing, onError: () => ({ action: 'fall_back', value: [] }) });
      const decision = { action: 'fall_back', result_attempt: 1 };
      expect(await attempt).toMatchObject({
        result: { succeeded: false, output: '[]', error: { code: 'quota' }, decision },
        outcome: { kind: 'failed', decision },
      });
    });

    it('is decided by it when its time is up', async () => {
      const { attempt } = run({
        timeout_seconds: 0.01,
        run: () => new Promise(() => undefined),
        onError: (error) => (error instanceof TaskError ? { action: 'fail' } : undefined),
      });
      expect((await attempt)?.outcome).toMatchObject({
        failure: { code: 'timeout' },
        decision: { action: 'fail' },
      });
    });

    it.each([
      ['its payload fits the type no more', { input: z.object({ url: z.string() }) }, {}, '1'],
      [
        'its task’s deadline has come',
        { run: () => new Promise(() => undefined) },
        { deadline: NOW_MS + 10 },
        '1',
      ],
    ])('is not asked when %s', async (_, definition, submission, payload) => {
      let asked = false;
      const onError = () => {
        asked = true;
        return undefined;
      };
      await run({ ...definition, onError }, submission, payload).attempt;
      expect(asked).toBe(false);
    });
  });

  it('leaves a report where its task asks for one', async () => {
    const { attempt } = run({ run: () => Promise.reject(new Error('no')) }, { debug: true });
    expect((await attempt)?.result?.debug).toMatchObject({
      process: { function_version: '7' },
      events: ['claimed', 'payload_read', 'handler_started', 'handler_ended'].map((event) => ({ event })),
      sizes: { payload_bytes: 7, output_bytes: null },
      warnings: [],
    });
    expect((await run({}).attempt)?.result).not.toHaveProperty('debug');
  });

  describe('at a task that asks for the cache', () => {
    const asking = { cache_ttl_seconds: 60 };
    const entryOf = async (definition: Partial<TaskDefinition>, submission: object = asking) =>
      (await run(definition, submission).attempt)?.cacheEntry;

    it('tells equal tasks of its success, under the version of its handler', async () => {
      const { attempt, row } = run({ version: 3 }, asking, '{"n": 1}');
      const { tenant } = row;
      expect((await attempt)?.cacheEntry).toMatchObject({
        key: cacheKeyOf({ tenant, type: 'echo', version: 3, payload: { n: 1 } }),
        task_id: row.task_id,
        attempt: 1,
        epoch: 0,
      });
      const other = await entryOf({});
      expect(other?.key).toBe(cacheKeyOf({ tenant, type: 'echo', version: 1, payload: { n: 1 } }));
    });

    it.each<[string, Partial<TaskDefinition>]>([
      ['fails', { run: () => Promise.reject(new Error('no')) }],
      [
        'falls back',
        {
          run: () => Promise.reject(new Error('no')),
          onError: () => ({ action: 'fall_back', value: 1 }),
        },
      ],
      [
        'used the fallback of a stage',
        defineTask({
          type: 'echo',
          input: z.unknown(),
          stages: [{ name: 'a', run: () => Promise.reject(new Error('no')), fallback: 1 }],
        }),
      ],
    ])('tells nobody when it %s', async (_, definition) => {
      expect(await entryOf(definition)).toBeUndefined();
    });

    it('tells nobody of other tasks', async () => {
      expect(await entryOf({}, {})).toBeUndefined();
    });
  });

  it('ends at its time-out, tells the handler, and does not wait for it', async () => {
    let aborted = false;
    const { attempt } = run({
      timeout_seconds: 0.01,
      run: ({ signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise(() => undefined);
      },
    });
    expect((await attempt)?.result?.error).toMatchObject({ code: 'timeout', retryable: true });
    expect(aborted).toBe(true);
  });

  it('fails for good at the deadline of its task', async () => {
    const { attempt } = run(
      { run: () => new Promise(() => undefined) },
      { deadline: new FixedClock().nowMs() + 10 },
    );
    const error = { code: 'deadline_exceeded', retryable: false };
    expect(await attempt).toMatchObject({ result: { error }, outcome: { kind: 'ended', failure: error } });
  });

  it.each([
    ['heeds its signal', ({ signal }: { signal: AbortSignal }) => rejectedBy(signal)],
    ['ignores its signal', () => new Promise<never>(() => undefined)],
  ])('is cancelled without a result when its handler %s', async (_, handler) => {
    const stop = new AbortController();
    const { attempt } = run({ run: handler }, {}, '1', stop.signal);
    stop.abort('cancelled');
    expect(await attempt).toEqual({ outcome: { kind: 'cancelled' } });
  });

  it('keeps the success of a handler that ends though it was told to stop', async () => {
    const stop = new AbortController();
    const done = Promise.withResolvers<string>();
    const { attempt } = run({ run: () => done.promise }, {}, '1', stop.signal);
    stop.abort('cancelled');
    done.resolve('done');
    expect(await attempt).toMatchObject({ result: { output: '"done"' }, outcome: { kind: 'succeeded' } });
  });

  it('leaves nothing once its lease is lost', async () => {
    const stop = new AbortController();
    stop.abort('lease_lost');
    const { attempt } = run({ run: ({ signal }) => rejectedBy(signal) }, {}, '1', stop.signal);
    expect(await attempt).toBeUndefined();
  });

  it('stores the newest progress of a running task, and none after its end', async () => {
    let stored: () => void = () => undefined;
    const firstStored = new Promise<void>((resolve) => {
      stored = resolve;
    });
    const { attempt, row, tasks } = run({
      run: async ({ progress }) => {
        progress(10, 'begun');
        progress(250);
        await firstStored;
        progress(99);
      },
    });
    const write = tasks.write.bind(tasks);
    tasks.write = async (writes) => {
      const outcomes = await write(writes);
      stored();
      return outcomes;
    };
    await attempt;
    expect(tasks.rows.get(row.task_id)).toMatchObject({
      progress: { percent: 100, message: '' },
      version: row.version,
    });
    expect(tasks.writes).toHaveLength(1);
  });
});
