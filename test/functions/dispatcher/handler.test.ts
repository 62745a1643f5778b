import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../core/ports.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { createHandler } from '../../../functions/dispatcher/handler.ts';
import { taskItem } from '../../../functions/shared/adapters/task-item.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskIndex } from '../../support/in-memory-task-index.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

let serial = 0;

function aRecord(row: TaskRow, previous?: TaskRow): DynamoDBRecord {
  serial += 1;
  return {
    eventID: `event-${serial}`,
    eventName: previous === undefined ? 'INSERT' : 'MODIFY',
    dynamodb: {
      Keys: { task_id: { S: row.task_id } },
      SequenceNumber: String(1000 + serial),
      NewImage: taskItem.encode(row) as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'],
      ...(previous === undefined
        ? {}
        : { OldImage: taskItem.encode(previous) as NonNullable<DynamoDBRecord['dynamodb']>['OldImage'] }),
    },
  } as DynamoDBRecord;
}

function setup({ refuse = [] as string[], redoFails = false } = {}) {
  const sent: OutgoingMessage[] = [];
  const redone: string[] = [];
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const handler = createHandler({
    lanes: {
      send: async (messages) => {
        sent.push(...messages);
        return messages.map(({ task_id }) => !refuse.includes(task_id));
      },
    },
    tasks,
    results,
    hours: new InMemoryTaskIndex(tasks.rows),
    shards: 2,
    redo: {
      send: async (ids) => {
        if (redoFails) throw new Error('down');
        redone.push(...ids);
      },
    },
    clock: new FixedClock(NOW_MS),
    logger: { info() {}, error() {} },
  });
  const dispatch = (...Records: DynamoDBRecord[]) => handler({ Records });
  return { dispatch, sent, redone, results };
}

describe('the dispatcher', () => {
  it('puts a created task on the lane of its priority', async () => {
    const { dispatch, sent } = setup();
    const row = aRow({ priority: 9 });
    expect(await dispatch(aRecord(row))).toEqual({ batchItemFailures: [] });
    expect(sent).toEqual([
      { task_id: row.task_id, generation: 1, lane: 'low', queue: 'low', delaySeconds: 0 },
    ]);
  });

  it('holds its copy of an express message back', async () => {
    const { dispatch, sent } = setup();
    await dispatch(aRecord(aRow({ priority: 1 })));
    expect(sent).toMatchObject([{ lane: 'critical', delaySeconds: 30 }]);
  });

  it('delays a retry until it is due, rounded up, on critical too', async () => {
    const { dispatch, sent } = setup();
    const before = claimed(aRow({ priority: 1 }));
    const retrying = { ...before, status: 'retrying' as const, generation: 2, claimable_at: NOW_MS + 2_001 };
    await dispatch(aRecord(retrying, before));
    expect(sent).toMatchObject([{ generation: 2, delaySeconds: 3 }]);
  });

  it('does nothing for a row that was merely touched, claimed or deleted', async () => {
    const { dispatch, sent } = setup();
    const row = aRow();
    await dispatch(aRecord({ ...row, version: 2 }, row), aRecord(claimed(row), row), {
      eventName: 'REMOVE',
      dynamodb: { Keys: { task_id: { S: row.task_id } } },
    });
    expect(sent).toEqual([]);
  });

  it('lets a stored payload expire with its task', async () => {
    const { dispatch, results } = setup();
    const row = aRow({ payload: 'x'.repeat(2000) });
    await results.putPayloads([{ taskId: row.task_id, text: '"x"', expiresAtSeconds: 9e9 }]);
    const ended = { ...row, status: 'completed' as const, expires_at: 1_900_000_000 };
    await dispatch(aRecord(ended, claimed(row)));
    expect(results.payloads.get(row.task_id)?.expiresAtSeconds).toBe(1_900_000_000);
  });

  it('gives a task whose message could not be sent to the redo queue, and reports success', async () => {
    const stuck = aRow();
    const { dispatch, redone } = setup({ refuse: [stuck.task_id] });
    expect(await dispatch(aRecord(aRow()), aRecord(stuck))).toEqual({ batchItemFailures: [] });
    expect(redone).toEqual([stuck.task_id]);
  });

  it('gives a record that it cannot read to the redo queue', async () => {
    const { dispatch, redone, sent } = setup();
    const row = aRow();
    const broken = aRecord(row);
    if (broken.dynamodb?.NewImage) broken.dynamodb.NewImage.metadata = { S: '{' };
    await dispatch(broken, aRecord(aRow()));
    expect(redone).toEqual([row.task_id]);
    expect(sent).toHaveLength(1);
  });

  it('reports from the first failed record on when the redo queue is down too', async () => {
    const stuck = aRow();
    const { dispatch } = setup({ refuse: [stuck.task_id], redoFails: true });
    const record = aRecord(stuck);
    expect(await dispatch(aRecord(aRow()), record)).toEqual({
      batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber }],
    });
  });
});
