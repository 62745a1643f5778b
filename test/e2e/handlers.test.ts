import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ByteRoom } from '../../core/byte-room.ts';
import type { TaskResult } from '../../core/contract/result-schema.ts';
import type { SubmissionInput } from '../../core/contract/submission-schema.ts';
import { TaskError } from '../../core/task-error.ts';
import { retryPolicyOf } from '../../core/task-view.ts';
import { executeBatch } from '../../core/usecases/execute-batch.ts';
import { ExecutorProcess } from '../../functions/executor/executor-process.ts';
import { runAttempt } from '../../functions/executor/run-attempt.ts';
import { UsageMeter } from '../../functions/executor/usage-meter.ts';
import { DynamoDbResultCache } from '../../functions/shared/adapters/dynamodb-result-cache.ts';
import { DynamoDbResultStore } from '../../functions/shared/adapters/dynamodb-result-store.ts';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { every } from '../../functions/shared/every.ts';
import { buildObjectStore } from '../../functions/shared/object-store.ts';
import { systemClock } from '../../functions/shared/system-clock.ts';
import { defineTask, type TaskDefinition } from '../../functions/tasks/define-task.ts';
import { clientAs, request } from '../support/api.ts';
import { aMessage } from '../support/builders.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { createExampleFunction, EXAMPLE_FUNCTION } from '../support/example-function.ts';
import { aSleepingRow, putRow } from '../support/probes/probe-rows.ts';

const client = () => clientAs('task_submitter');

/** Submits a task and waits for its end. */
async function run(task: SubmissionInput): Promise<TaskResult> {
  const { task_id } = await client().submit(task);
  await client().wait(task_id);
  return await client().result(task_id);
}

/** One attempt at a task of a type that is not deployed, by the executor's own code, on the deployed tables. */
async function attempt(definition: TaskDefinition, more: object = {}): Promise<TaskResult> {
  const shared = { client: dynamoDb(), ...backOff };
  const tasks = new DynamoDbTaskStore({ ...shared, table: output('TasksTable') });
  const silent = () => undefined;
  const own = new ExecutorProcess({ AWS_LAMBDA_FUNCTION_VERSION: '7' });
  const meter = new UsageMeter();
  const running = {
    findTaskType: () => definition,
    tasks,
    clock: systemClock,
    startUsage: () => meter.start(),
    logOf: () => ({ debug: silent, info: silent, warn: silent, error: silent }),
    memoryOf: () => {
      throw new Error('no handler here asks for it');
    },
    retentionSeconds: 3600,
    debug: { memory: () => own.memory(), process: () => own.facts(), memoryGrowthMb: 100 },
  };
  const row = await putRow(aSleepingRow({ type: definition.type, ...more }));
  await executeBatch(
    {
      ...running,
      results: new DynamoDbResultStore({ ...shared, table: output('ResultsTable') }),
      objects: buildObjectStore(output('ValuesBucket')),
      room: new ByteRoom(1),
      cache: new DynamoDbResultCache({ ...shared, table: output('ControlTable') }),
      messages: { putBack: async () => undefined },
      random: () => 0,
      newLeaseId: () => crypto.randomUUID(),
      run: (claimed, text, stop) => runAttempt(running, claimed, text, stop),
      retryPolicyOf: (claimed) => retryPolicyOf(claimed, definition),
      leaseMs: 80_000,
      every,
      onTrouble: (_, error) => {
        throw error;
      },
    },
    [aMessage(row)],
  );
  return await client().result(row.task_id);
}

describe('a pipeline', () => {
  const pipeline = (last: () => unknown, more: Pick<TaskDefinition, 'onError'> = {}) =>
    defineTask({
      ...more,
      type: 'pipeline',
      input: z.object({ n: z.number() }),
      stages: [
        { name: 'read', run: ({ metric }) => metric('rows', 3) },
        { name: 'fail', run: () => Promise.reject(new TaskError('empty', 'no rows')), fallback: 7 },
        { name: 'last', run: last },
      ],
    });

  it('shows its stages, timed, and the fallback that was used', async () => {
    const result = await attempt(
      pipeline(() => 'done'),
      { debug: true },
    );
    expect(result).toMatchObject({ status: 'completed', output: 'done', error: null });
    const duration_ms = expect.any(Number);
    expect(result.usage).toMatchObject({
      custom: { rows: 3 },
      stages: [
        { name: 'read', duration_ms, fallback_used: false, error: null },
        { name: 'fail', duration_ms, fallback_used: true, error: { code: 'empty', message: 'no rows' } },
        { name: 'last', duration_ms, fallback_used: false, error: null },
      ],
    });
    const [report] = result.debug?.attempts ?? [];
    expect(report?.events.filter(({ stage }) => stage !== undefined)).toHaveLength(6);
    expect(report?.process).toEqual({ cold: true, function_version: '7', memory_limit_mb: null });
  });

  it('completes with what its onError falls back to, and keeps the error', async () => {
    const definition = pipeline(() => Promise.reject(new TaskError('gone', 'it is gone')), {
      onError: () => ({ action: 'fall_back', value: ['nothing'] }),
    });
    const result = await attempt(definition, { progress: { percent: 40, message: 'half' } });
    expect(result).toMatchObject({
      status: 'completed',
      output: ['nothing'],
      fallback_used: true,
      error: { code: 'gone' },
      partial: { percent: 40, message: 'half' },
      attempts: [{ attempt: 2, error: { code: 'gone' } }],
    });
  });
});

describe('the result cache', () => {
  it('serves equal tasks at once, until it is cleared', { timeout: 60_000 }, async () => {
    const task = {
      type: 'word_count',
      payload: { text: `words ${crypto.randomUUID()}` },
      cache_ttl_seconds: 600,
    };
    const first = await run(task);
    expect(first).toMatchObject({ status: 'completed', cached: false, output: { words: 2 } });

    const second = await client().submit(task);
    expect(second).toMatchObject({ status: 'completed', attempt: 0, started_at: null });
    expect(await client().result(second.task_id)).toMatchObject({
      output: first.output,
      cached: true,
      attempts: [],
    });
    const { items } = await client().history(second.task_id);
    expect(items.map(({ to, cause }) => [to, cause])).toEqual([['completed', 'cached']]);
    expect((await client().submit({ ...task, cache_ttl_seconds: null })).status).toBe('queued');

    const cleared = await request('/cache?type=word_count', { method: 'DELETE', role: 'admin' });
    expect([cleared.status, cleared.text]).toEqual([204, '']);
    expect(await run(task)).toMatchObject({ cached: false, attempts: [{ attempt: 1 }] });
    expect((await run(task)).cached).toBe(true);
  });

  it('survives equal tasks at the same time: each ends with the whole result', async () => {
    const task = { type: 'echo', payload: { id: crypto.randomUUID() }, cache_ttl_seconds: 600 };
    const results = await Promise.all(Array.from({ length: 12 }, () => run(task)));
    for (const { status, output: given } of results)
      expect([status, given]).toEqual(['completed', task.payload]);
    expect((await run(task)).cached).toBe(true);
  });

  it('serves results that a large payload was sent for', async () => {
    const task = {
      type: 'word_count',
      payload: { text: `${crypto.randomUUID()} `.repeat(400) },
      cache_ttl_seconds: 600,
    };
    expect(await run(task)).toMatchObject({ cached: false, output: { words: 400 } });
    const { task_id } = await client().submit(task);
    expect(await client().result(task_id)).toMatchObject({ cached: true, output: { words: 400 } });
    expect((await client().get(task_id)).payload).toEqual(task.payload);
  });
});

describe('lambda_invoke', () => {
  beforeAll(createExampleFunction);

  const invoke = (payload: unknown, retry = {}) => ({
    type: 'lambda_invoke',
    payload: { function_name: EXAMPLE_FUNCTION, payload },
    retry,
  });

  it('answers with what the function answers', async () => {
    expect(await run(invoke({ n: 21 }))).toMatchObject({
      status: 'completed',
      output: { payload: { doubled: 42 } },
      attempts: [{ attempt: 1 }],
    });
  });

  it('fails, after another attempt, with what the function throws', async () => {
    const result = await run(
      invoke({ fail: 'no such month' }, { max_attempts: 2, initial_delay_seconds: 0 }),
    );
    expect(result).toMatchObject({
      status: 'failed',
      error: {
        code: 'handler_error',
        message: `${EXAMPLE_FUNCTION} failed: no such month`,
        details: { error_type: 'RangeError', error_message: 'no such month', attempts: 2, exhausted: true },
      },
    });
    expect(result.attempts).toHaveLength(2);
  });

  it('fails at submission for a function that the stage does not list', async () => {
    const task = {
      type: 'lambda_invoke',
      payload: { function_name: output('DocsFunctionName'), payload: 1 },
    };
    const answer = await request('/tasks', {
      method: 'POST',
      role: 'task_submitter',
      body: JSON.stringify(task),
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{ path: '/payload/function_name' }] });
  });
});

describe('a task with debug', () => {
  it('has a report of its attempt, and one without has none', async () => {
    const { debug, usage } = await run({ type: 'echo', payload: { text: 'ä' }, debug: true });
    expect(usage).not.toHaveProperty('stages');
    expect(debug).toMatchObject({
      warnings: [],
      attempts: [
        {
          attempt: 1,
          process: { cold: expect.any(Boolean), function_version: '$LATEST', memory_limit_mb: 1769 },
          sizes: { payload_bytes: 13, output_bytes: 13 },
        },
      ],
    });
    const [report] = debug?.attempts ?? [];
    expect(report?.events.map(({ event }) => event)).toEqual([
      'claimed',
      'payload_read',
      'handler_started',
      'handler_ended',
      'result_stored',
    ]);
    const moments = report?.events.map(({ at }) => at) ?? [];
    expect(moments.toSorted()).toEqual(moments);
    expect(report?.memory.before.rss_mb).toBeGreaterThan(10);
    expect(await run({ type: 'echo', payload: 1 })).not.toHaveProperty('debug');
  });
});
