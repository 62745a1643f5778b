import { expect, it } from 'vitest';
import { ByteRoom } from '../../../core/byte-room.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { createHandler, type ExecutorDeps } from '../../../functions/executor/handler.ts';
import { runAttempt } from '../../../functions/executor/run-attempt.ts';
import { defineTask } from '../../../functions/tasks/define-task.ts';
import { echo } from '../../../functions/tasks/echo.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { aLaneEvent } from '../../support/sqs-event.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

it('an attempt is ended some time before its invocation is, as a time-out that says so', async () => {
  const clock = new FixedClock();
  const endless = defineTask({ ...echo, timeout_seconds: 900, run: () => new Promise(() => undefined) });
  const attempt = await runAttempt(
    {
      findTaskType: () => endless,
      tasks: new InMemoryTaskStore(),
      clock,
      startUsage: () => () => ({ cpu_ms: 0, max_memory_mb: 0 }),
      logOf: () => silent,
      memoryOf: () => {
        throw new Error('it asks for no memory');
      },
      debug: {
        memory: () => ({ rss_mb: 1, heap_mb: 1 }),
        process: () => ({ cold: false, function_version: '1', memory_limit_mb: 1769 }),
        memoryGrowthMb: 100,
      },
      retentionSeconds: 60,
      invocationEndsAtMs: clock.nowMs() + 10_010,
    },
    claimed(aRow()),
    '1',
    new AbortController().signal,
  );
  expect(attempt?.result?.error).toMatchObject({
    code: 'timeout',
    retryable: true,
    message: 'the attempt had 0 s of the 900 s (timeout_seconds): its executor is not given more time',
  });
});

it('attempts are told when their invocation ends', async () => {
  const tasks = new InMemoryTaskStore();
  const clock = new FixedClock();
  const ends: unknown[] = [];
  const handler = createHandler({
    tasks,
    results: new InMemoryResultStore(),
    objects: new InMemoryObjectStore(),
    room: new ByteRoom(1),
    cache: { put: async () => undefined },
    messagesOf: () => ({ putBack: async () => undefined }),
    removerOf: () => undefined,
    attemptMs: 60_000,
    clock,
    random: () => 0,
    newLeaseId: () => 'lease',
    run: async (row, _payload, _stop, endsAtMs) => {
      ends.push(endsAtMs);
      return { result: aResult(row), outcome: { kind: 'succeeded', resultAttempt: row.attempt } };
    },
    retryPolicyOf: () => DEFAULT_RETRY,
    leaseMs: 80_000,
    every: () => () => undefined,
    retentionSeconds: 60,
    measure: () => undefined,
    logger: silent,
  } satisfies ExecutorDeps);
  const row = aRow();
  tasks.rows.set(row.task_id, row);
  await handler(aLaneEvent([aMessage(row)]), { getRemainingTimeInMillis: () => 89_000 });
  expect(ends).toEqual([clock.nowMs() + 89_000]);
});
