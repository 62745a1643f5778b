import { expect, it } from 'vitest';
import * as z from 'zod';
import { ByteRoom } from '../../../core/byte-room.ts';
import { TaskError } from '../../../core/task-error.ts';
import { retryPolicyOf } from '../../../core/task-view.ts';
import { executeBatch } from '../../../core/usecases/execute-batch.ts';
import { runAttempt } from '../../../functions/executor/run-attempt.ts';
import type { HttpResponse } from '../../../functions/shared/http/http-message.ts';
import { dataProcessingTask } from '../../../functions/tasks/data-processing.ts';
import { defineTask, type TaskDefinition } from '../../../functions/tasks/define-task.ts';
import { httpRequestTask } from '../../../functions/tasks/http-request.ts';
import { lambdaInvokeTask } from '../../../functions/tasks/lambda-invoke.ts';
import { aMessage, aRow } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Executes a task of a type until nothing claims it any more; the row as it is then, and how often it ran. */
async function end(definition: TaskDefinition, payload: unknown) {
  const tasks = new InMemoryTaskStore();
  const clock = new FixedClock();
  const row = aRow({ type: definition.type, payload, retry: { jitter: 'none', max_attempts: 4 } });
  tasks.rows.set(row.task_id, row);
  const running = {
    findTaskType: () => definition,
    tasks,
    clock,
    startUsage: () => () => ({ cpu_ms: 1, max_memory_mb: 80 }),
    logOf: () => silent,
    memoryOf: () => {
      throw new Error('no handler here asks for it');
    },
    retentionSeconds: 60,
    debug: {
      memory: () => ({ rss_mb: 1, heap_mb: 1 }),
      process: () => ({ cold: false, function_version: '1', memory_limit_mb: null }),
      memoryGrowthMb: 100,
    },
  };
  const deps = {
    ...running,
    results: new InMemoryResultStore(clock),
    objects: new InMemoryObjectStore(),
    room: new ByteRoom(1),
    cache: { put: async () => undefined },
    messages: { putBack: async () => undefined },
    random: () => 0,
    newLeaseId: () => 'lease',
    run: (claimed: typeof row, text: string | undefined, stop: AbortSignal) =>
      runAttempt(running, claimed, text, stop),
    retryPolicyOf: (claimed: typeof row) => retryPolicyOf(claimed, definition),
    leaseMs: 80_000,
    every: () => () => undefined,
    onTrouble: () => undefined,
  };
  const now = () => tasks.rows.get(row.task_id) ?? row;
  for (let rounds = 0; rounds < 10 && !['failed', 'completed'].includes(now().status); rounds += 1) {
    await executeBatch(deps, [aMessage(now())]);
    clock.advance(60_000);
  }
  return now();
}

const throwing = (thrown: unknown, more: Partial<TaskDefinition> = {}): TaskDefinition => ({
  ...defineTask({ type: 'own', input: z.unknown(), run: () => Promise.reject(thrown) }),
  ...more,
});

const http = (status: number) =>
  httpRequestTask({
    send: async () => ({ status, headers: {}, body: Buffer.from(''), url: 'https://example.com/' }) as never as HttpResponse, // biome-ignore format: one answer
    evaluate: async () => ({ ok: true, value: true }),
    nowMs: () => 0,
  });

const evaluating = dataProcessingTask({
  send: () => Promise.reject(new Error('nothing is fetched')),
  evaluate: async () => ({ ok: false, reason: 'expression', message: 'no such function' }),
  nowMs: () => 0,
});

const refusing = lambdaInvokeTask({
  allowed: () => ['billing'],
  invoke: () =>
    Promise.reject(Object.assign(new Error('no'), { name: 'X', $metadata: { httpStatusCode: 404 } })),
});

const url = { url: 'https://example.com/' };
const invocation = { function_name: 'billing', payload: 1 };

it.each<[string, TaskDefinition, unknown, string]>([
  ['that the handler calls final', throwing(new TaskError('quota', 'no', { retryable: false })), 1, 'quota'],
  ['of a payload that fits no more', throwing('x', { input: z.string() }), 1, 'validation_failed'],
  ['of an output that is no JSON', throwing('x', { run: () => 1n }), 1, 'invalid_output'],
  ['400 of a server', http(400), url, 'http_status'],
  ['404 of a server', http(404), url, 'http_status'],
  ['422 of a server', http(422), url, 'http_status'],
  ['of an expression', evaluating, { data: 1, expression: '$nope()' }, 'expression_failed'],
  ['404 of Lambda', refusing, invocation, 'invoke_failed'],
  ['of a function that is not allowed', refusing, { ...invocation, function_name: 'x' }, 'validation_failed'],
  ['that onError calls final', throwing('x', { onError: () => ({ action: 'fail' }) }), 1, 'handler_error'],
])('fails at once, tried once, with an error %s', async (_, definition, payload, code) => {
  expect(await end(definition, payload)).toMatchObject({ status: 'failed', attempt: 1, error: { code } });
});

it.each<[string, TaskDefinition, unknown]>([
  ['that the handler throws', throwing(new Error('x')), 1],
  ['429 of a server', http(429), url],
  ['503 of a server', http(503), url],
])('fails after all its attempts with an error %s', async (_, definition, payload) => {
  expect(await end(definition, payload)).toMatchObject({
    status: 'failed',
    attempt: 4,
    error: { details: { attempts: 4, exhausted: true } },
  });
});
