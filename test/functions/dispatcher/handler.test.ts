import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { retryByHandChange } from '../../../core/changes/retry-by-hand.ts';
import { fairnessGroupOf } from '../../../core/fairness.ts';
import { objectsOf } from '../../../core/object-keys.ts';
import type { OutgoingMessage } from '../../../core/ports.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { createHandler } from '../../../functions/dispatcher/handler.ts';
import { taskItem } from '../../../functions/shared/adapters/task-item.ts';
import { applied } from '../../support/applied-change.ts';
import { aResult, aRow, claimed, completed, NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryMemory } from '../../support/in-memory-memory.ts';
import { InMemoryReleaseQueue } from '../../support/in-memory-release-queue.ts';
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

function aRemoval(row: TaskRow): DynamoDBRecord {
  const { eventName: _, dynamodb: { NewImage, ...change } = {}, ...record } = aRecord(row);
  return { ...record, eventName: 'REMOVE', dynamodb: { ...change, OldImage: NewImage } } as DynamoDBRecord;
}

function setup({ refuse = [] as string[], redoFails = false, refuseLabels = false } = {}) {
  const sent: OutgoingMessage[] = [];
  const redone: string[] = [];
  const tasks = new InMemoryTaskStore();
  const removals: string[] = [];
  const results = new InMemoryResultStore();
  const memory = new InMemoryMemory();
  const index = new InMemoryTaskIndex(tasks.rows);
  const log: Readonly<Record<string, unknown>>[] = [];
  const releases = new InMemoryReleaseQueue();
  const edges = new InMemoryEdgeStore();
  const handler = createHandler({
    lanes: {
      send: async (messages) => {
        sent.push(...messages);
        return messages.map(({ task_id }) => !refuse.includes(task_id));
      },
    },
    tasks,
    results,
    hours: index,
    shards: 2,
    memory,
    edges,
    labels: refuseLabels ? { put: async (labels) => labels.map(() => false) } : index,
    retentionSeconds: 60,
    redo: {
      send: async (ids) => {
        if (redoFails) throw new Error('down');
        redone.push(...ids);
      },
      sendRemovals: async (prefixes) => {
        if (redoFails) throw new Error('down');
        removals.push(...prefixes);
      },
    },
    releases,
    clock: new FixedClock(NOW_MS),
    logger: {
      info() {},
      error: (message, ...extra) => void log.push({ message, ...(extra[0] as object) }),
    },
  });
  const dispatch = (...Records: DynamoDBRecord[]) => handler({ Records });
  const labels = () => [...index.labels.values()].map(({ name, listedAt }) => [name, listedAt]);
  return { dispatch, sent, redone, removals, results, memory, log, labels };
}

describe('the dispatcher', () => {
  it('puts a created task on the lane of its priority', async () => {
    const { dispatch, sent } = setup();
    const row = aRow({ priority: 9 });
    expect(await dispatch(aRecord(row))).toEqual({ batchItemFailures: [] });
    expect(sent).toEqual([
      {
        task_id: row.task_id,
        generation: 1,
        lane: 'low',
        queue: 'low',
        group: fairnessGroupOf(row),
        delaySeconds: 0,
      },
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

  it('keeps the payload of a task that has failed and was retried within one batch', async () => {
    const { dispatch, results } = setup();
    const row = aRow({ payload: 'x'.repeat(2000) });
    await results.putPayloads([{ taskId: row.task_id, text: '"x"', expiresAtSeconds: 9e9 }]);
    const expire = results.expirePayload.bind(results);
    // What is asked first comes last.
    const later: (() => Promise<void>)[] = [];
    results.expirePayload = async (...asked) => void later.unshift(() => expire(...asked));
    const failed = { ...claimed(row), status: 'failed' as const, expires_at: NOW_MS / 1000 + 60 };
    const retried = applied(failed, retryByHandChange(failed, NOW_MS));
    await dispatch(aRecord(failed, claimed(row)), aRecord(retried, failed));
    for (const one of later) await one();
    const [payload] = results.payloads.values();
    expect(payload?.expiresAtSeconds).toBeGreaterThan(failed.expires_at);
  });

  it('lets a stored payload expire with its task', async () => {
    const { dispatch, results } = setup();
    const row = aRow({ payload: 'x'.repeat(2000) });
    await results.putPayloads([{ taskId: row.task_id, text: '"x"', expiresAtSeconds: 9e9 }]);
    const ended = { ...row, status: 'completed' as const, expires_at: 1_900_000_000 };
    await dispatch(aRecord(ended, claimed(row)));
    expect(results.payloads.get(row.task_id)?.expiresAtSeconds).toBe(1_900_000_000);
  });

  it('has the objects of a deleted row removed, whatever else is in the row', async () => {
    const { dispatch, removals, redone } = setup();
    const row = { ...aRow(), has_objects: true };
    const record = aRemoval(row);
    if (record.dynamodb?.OldImage) record.dynamodb.OldImage.metadata = { S: '{' };
    expect(await dispatch(record, aRemoval(aRow()))).toEqual({ batchItemFailures: [] });
    expect(removals).toEqual([objectsOf(row)]);
    expect(redone).toEqual([]);
  });

  it('reports a deleted row whose objects nobody takes to remove', async () => {
    const { dispatch } = setup({ redoFails: true });
    const record = aRemoval({ ...aRow(), has_objects: true });
    expect(await dispatch(aRemoval(aRow()), record)).toEqual({
      batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber }],
    });
  });

  it('labels a task that was stored without its labels, and one that a change gave a tag, not the rest', async () => {
    const { dispatch, labels, redone } = setup();
    const before: TaskRow = { ...aRow({ tags: ['x'] }), labelled: true };
    const bare = aRow({ tags: ['a', 'a'], scheduled_at: NOW_MS + 5000 });
    await dispatch(
      aRecord(before),
      aRecord(aRow()),
      aRecord(bare),
      aRecord({ ...before, version: 2, tags: ['x', 'b'] }, before),
    );
    expect(labels()).toEqual([
      ['tag#a', bare.listed_at],
      ['scheduled', bare.listed_at],
      ['tag#b', before.listed_at],
    ]);
    expect(redone).toEqual([]);
  });

  it('gives a task whose labels could not be put to the redo queue', async () => {
    const { dispatch, redone } = setup({ refuseLabels: true });
    const row = aRow({ tags: ['a'] });
    await dispatch(aRecord(row), aRecord(aRow()));
    expect(redone).toEqual([row.task_id]);
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

describe('a completed task whose output is to be remembered', () => {
  const aTask = (submission: Parameters<typeof aRow>[0] = {}) =>
    completed(aRow({ agent_id: 'agent-7', remember: 'k', ...submission }));
  const withOutput = async (row: TaskRow, results: InMemoryResultStore, output = '{"n":1}') =>
    await results.put([aResult({ ...row, attempt: 1 }, { output })]);
  const entry = async (memory: InMemoryMemory, agentId = 'agent-7') =>
    (await memory.read(agentId, ['k'])).get('k');
  const putBy = (writeId: string, nowMs: number) =>
    ({ agentId: 'agent-7', key: 'k', value: '"newer"', expect: { kind: 'any' }, nowMs, writeId }) as const;

  it('has it in the memory of its agent, as of the moment it completed', async () => {
    const { dispatch, memory, results } = setup();
    const row = aTask();
    await withOutput(row, results);
    expect(await dispatch(aRecord(row, claimed(aRow())))).toEqual({ batchItemFailures: [] });
    expect(await entry(memory)).toMatchObject({ value: '{"n":1}', version: NOW_MS + 5 });
  });

  it('has the value of its fallback there where that took over', async () => {
    const { dispatch, memory } = setup();
    const { result_attempt: _, ...row } = aTask({ fallback: { value: [0] } });
    await dispatch(aRecord({ ...row, fallback_used: true }));
    expect((await entry(memory))?.value).toBe('[0]');
  });

  it('has it in the shared memory where it has no agent', async () => {
    const { dispatch, memory, results } = setup();
    const row = completed(aRow({ remember: 'k' }));
    await withOutput(row, results);
    await dispatch(aRecord(row));
    expect(await entry(memory, 'shared')).toMatchObject({ value: '{"n":1}' });
  });

  it('never overwrites what was put, or deleted, since: not late, and not twice', async () => {
    const { dispatch, memory, results } = setup();
    const row = aTask();
    await withOutput(row, results);
    const record = aRecord(row);
    await dispatch(record, record);
    await memory.write(putBy('w1', NOW_MS + 6));
    await dispatch(record);
    expect((await entry(memory))?.value).toBe('"newer"');
    const { value: _, ...deletion } = putBy('w2', NOW_MS + 7);
    await memory.write(deletion);
    await dispatch(record);
    expect(await entry(memory)).not.toHaveProperty('value');
  });

  it('overwrites what was put before it completed', async () => {
    const { dispatch, memory, results } = setup();
    await memory.write(putBy('w1', NOW_MS + 4));
    const row = aTask();
    await withOutput(row, results);
    await dispatch(aRecord(row));
    expect((await entry(memory))?.value).toBe('{"n":1}');
  });

  it('is remembered in the order of completion, in whatever order the records come', async () => {
    const { dispatch, memory, results } = setup();
    const [first, second] = [aTask(), completed(aRow({ agent_id: 'agent-7', remember: 'k' }), NOW_MS + 9)];
    await withOutput(first, results, '1');
    await withOutput(second, results, '2');
    await dispatch(aRecord(second));
    await dispatch(aRecord(first));
    expect((await entry(memory))?.value).toBe('2');
  });

  it.each([
    ['too large', '256 KB', JSON.stringify('x'.repeat(262_143)), /262145 bytes .*at most 262144/],
    ['gone', 'nothing', undefined, /gone/],
  ])('leaves the memory alone when its output is %s, and says so', async (_, __, output, reason) => {
    const { dispatch, memory, results, redone, log } = setup();
    const row = aTask();
    if (output !== undefined) await withOutput(row, results, output);
    await memory.write(putBy('w1', NOW_MS));
    await dispatch(aRecord(row));
    expect((await entry(memory))?.value).toBe('"newer"');
    expect(redone).toEqual([]);
    expect(log).toMatchObject([
      { message: 'an output is not remembered', task_id: row.task_id, remember: 'k' },
    ]);
    expect(log[0]?.reason).toMatch(reason);
  });

  it('comes to the redo queue when the memory does not answer', async () => {
    const { dispatch, memory, results, redone } = setup();
    const row = aTask();
    await withOutput(row, results);
    memory.write = () => Promise.reject(new Error('down'));
    expect(await dispatch(aRecord(row))).toEqual({ batchItemFailures: [] });
    expect(redone).toEqual([row.task_id]);
  });

  it('asks for nothing while it runs, when it has failed, or when it was merely touched', async () => {
    const { dispatch, memory, results } = setup();
    const row = aTask();
    await withOutput(row, results);
    await dispatch(aRecord(row, row), aRecord({ ...row, status: 'failed' }), aRecord(claimed(aRow())));
    expect(memory.items.size).toBe(0);
  });
});
