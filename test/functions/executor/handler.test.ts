import { expect, it } from 'vitest';
import { ByteRoom } from '../../../core/byte-room.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import type { BatchReport } from '../../../core/usecases/execute-batch.ts';
import { createHandler } from '../../../functions/executor/handler.ts';
import { aMessage, aResult, aRow } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { aLaneEvent, anSqsRecord } from '../../support/sqs-event.ts';

function setup() {
  const tasks = new InMemoryTaskStore();
  const measured: BatchReport[] = [];
  const logged: unknown[] = [];
  const putBacks: unknown[] = [];
  const handler = createHandler({
    tasks,
    results: new InMemoryResultStore(),
    objects: new InMemoryObjectStore(),
    room: new ByteRoom(1),
    cache: { put: async () => undefined },
    messagesOf: () => ({ putBack: async (messages) => void putBacks.push(...messages) }),
    clock: new FixedClock(),
    random: () => 0,
    newLeaseId: () => 'lease',
    run: async (row) => ({
      result: aResult(row),
      outcome:
        row.type === 'bad'
          ? { kind: 'failed', failure: { code: 'boom', message: 'secret of a payload', retryable: true } }
          : { kind: 'succeeded', resultAttempt: row.attempt },
    }),
    retryPolicyOf: () => DEFAULT_RETRY,
    leaseMs: 80_000,
    every: () => () => undefined,
    retentionSeconds: 60,
    measure: (report) => void measured.push(report),
    logger: { info: (...line: unknown[]) => void logged.push(line), error: () => undefined },
  });
  return { tasks, handler, measured, logged, putBacks };
}

it('answers for each message, measures the batch, and logs one line that names what failed', async () => {
  const { tasks, handler, measured, logged } = setup();
  const rows = [aRow(), aRow({ type: 'bad' })];
  for (const row of rows) tasks.rows.set(row.task_id, row);
  const answer = await handler(aLaneEvent(rows.map((row) => aMessage(row))));
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(measured).toHaveLength(1);
  const failures = [{ task_id: rows[1]?.task_id, type: 'bad', attempt: 1, code: 'boom' }];
  expect(logged).toEqual([['executed', { received: 2, finished: 2, kept: 0, refused_claims: 0, failures }]]);
});

it('keeps a message that is none, soon to be a dead letter, beside the work of its batch', async () => {
  const { tasks, handler, putBacks } = setup();
  const row = aRow();
  tasks.rows.set(row.task_id, row);
  const event = aLaneEvent([aMessage(row)]);
  const garbage = ['{', '{}', '{"task_id":"x","generation":"1"}', 'null'].map((body) => anSqsRecord(body));
  const { batchItemFailures } = await handler({ Records: [...event.Records, ...garbage] });
  expect(batchItemFailures).toEqual(garbage.map(({ messageId }) => ({ itemIdentifier: messageId })));
  expect(putBacks).toHaveLength(4);
  expect(tasks.rows.get(row.task_id)?.status).toBe('completed');
});
