import { describe, expect, it } from 'vitest';
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

const ORDERED_ARN = 'arn:aws:sqs:us-east-1:000000000000:ordered.fifo';

function setup() {
  const tasks = new InMemoryTaskStore();
  const measured: BatchReport[] = [];
  const counted: number[] = [];
  const logged: unknown[] = [];
  const putBacks: unknown[] = [];
  const handler = createHandler({
    tasks,
    results: new InMemoryResultStore(),
    objects: new InMemoryObjectStore(),
    room: new ByteRoom(1),
    cache: { put: async () => undefined },
    messagesOf: () => ({ putBack: async (messages) => void putBacks.push(...messages) }),
    removerOf: (arn) => (arn === ORDERED_ARN ? { remove: async () => undefined } : undefined),
    attemptMs: 60_000,
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
    measure: (report, unreadable) => {
      measured.push(report);
      counted.push(unreadable);
    },
    logger: { info: (...line: unknown[]) => void logged.push(line), error: () => undefined },
  });
  return { tasks, handler, measured, counted, logged, putBacks };
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

describe('the ordered queue', () => {
  const anOrdered = (name: string) => aRow({ ordering_key: 'k', name });
  const orderedEvent = (...rows: ReturnType<typeof aRow>[]) =>
    aLaneEvent(
      rows.map((row) => aMessage(row, { messageId: row.name ?? '', group: 'k' })),
      ORDERED_ARN,
    );

  it('has each task wait for the one before it', async () => {
    const { tasks, handler } = setup();
    const [first, second] = [{ ...anOrdered('first'), type: 'bad' }, anOrdered('second')];
    for (const row of [first, second]) tasks.rows.set(row.task_id, row);
    const { batchItemFailures } = await handler(orderedEvent(first, second));
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'first' }, { itemIdentifier: 'second' }]);
    expect(tasks.rows.get(second.task_id)?.status).toBe('queued');
  });

  it('begins no other task once its invocation has too little time left for one', async () => {
    const { tasks, handler } = setup();
    const rows = [anOrdered('first'), anOrdered('second')];
    for (const row of rows) tasks.rows.set(row.task_id, row);
    const { batchItemFailures } = await handler(orderedEvent(...rows), {
      getRemainingTimeInMillis: () => 69_999,
    });
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'second' }]);
    const again = orderedEvent(...rows.slice(1));
    expect(await handler(again, { getRemainingTimeInMillis: () => 70_000 })).toEqual({
      batchItemFailures: [],
    });
  });

  it('loses a message that is none: it has no dead letters, and would hold up its key', async () => {
    const { handler, putBacks, counted } = setup();
    const garbage = anSqsRecord('{', { eventSourceARN: ORDERED_ARN });
    expect(await handler({ Records: [garbage] })).toEqual({ batchItemFailures: [] });
    expect([putBacks, counted]).toEqual([[], [1]]);
  });
});

it('gives an ordered task its place when the message in its lane comes, and runs nothing', async () => {
  const { tasks, handler } = setup();
  const [due, early] = [0, 3_600_000].map((ms) => ({
    ...aRow({ ordering_key: 'k', scheduled_at: Date.UTC(2026, 10, 21, 11) }),
    claimable_at: Date.UTC(2026, 10, 21, 10) + ms,
  }));
  if (due === undefined || early === undefined) throw new Error('no rows');
  for (const row of [due, early]) tasks.rows.set(row.task_id, row);
  const event = aLaneEvent([
    aMessage(due, { wake: true }),
    aMessage(early, { wake: true, messageId: 'early' }),
  ]);
  expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'early' }] });
  expect(tasks.rows.get(due.task_id)).toMatchObject({ status: 'queued', generation: 2, attempt: 0 });
});
