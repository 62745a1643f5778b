import { expect, it } from 'vitest';
import { objectsOf, outputKeyOf, payloadKeyOf } from '../../../core/object-keys.ts';
import type { OutgoingMessage } from '../../../core/ports.ts';
import { createHandler } from '../../../functions/redo/handler.ts';
import { aResult, aRow, claimed, completed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryMemory } from '../../support/in-memory-memory.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryReleaseQueue } from '../../support/in-memory-release-queue.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskIndex } from '../../support/in-memory-task-index.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { anSqsRecord } from '../../support/sqs-event.ts';

function setup(accepts = true) {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const memory = new InMemoryMemory();
  const sent: OutgoingMessage[] = [];
  const objects = new InMemoryObjectStore();
  const index = new InMemoryTaskIndex(tasks.rows);
  const releases = new InMemoryReleaseQueue();
  const handler = createHandler({
    tasks,
    results,
    hours: index,
    shards: 2,
    memory,
    objects,
    labels: index,
    edges: new InMemoryEdgeStore(),
    retentionSeconds: 60,
    lanes: {
      send: async (messages) => {
        sent.push(...messages);
        return messages.map(() => accepts);
      },
    },
    releases,
    clock: new FixedClock(),
    logger: { info() {}, error() {} },
  });
  return { tasks, results, objects, memory, sent, releases, index, handler };
}

it('sends what the row of the task asks for now', async () => {
  const { tasks, sent, handler } = setup();
  const row = { ...aRow(), generation: 4 };
  tasks.rows.set(row.task_id, row);
  const answer = await handler({ Records: [anSqsRecord(JSON.stringify({ task_id: row.task_id }))] });
  expect(sent).toMatchObject([{ task_id: row.task_id, generation: 4, lane: 'normal' }]);
  expect(answer).toEqual({ batchItemFailures: [] });
});

it('puts the labels of a row that has changed, all of them', async () => {
  const { tasks, index, handler } = setup();
  const row = { ...claimed(aRow({ tags: ['a', 'b'] })), labelled: true };
  tasks.rows.set(row.task_id, row);
  await handler({ Records: [anSqsRecord(JSON.stringify({ task_id: row.task_id }))] });
  expect([...index.labels.values()].map(({ name }) => name)).toEqual(['tag#a', 'tag#b']);
});

it('sends nothing for a task that runs or is gone', async () => {
  const { tasks, sent, handler } = setup();
  const running = claimed(aRow());
  tasks.rows.set(running.task_id, running);
  const ids = [running.task_id, 'task-gone'];
  await handler({ Records: ids.map((task_id) => anSqsRecord(JSON.stringify({ task_id }))) });
  expect(sent).toEqual([]);
});

it('keeps what fails again, and what it cannot read', async () => {
  const { tasks, handler } = setup(false);
  const row = aRow();
  tasks.rows.set(row.task_id, row);
  const records = [anSqsRecord(JSON.stringify({ task_id: row.task_id })), anSqsRecord('no JSON')];
  const { batchItemFailures } = await handler({ Records: records });
  expect(batchItemFailures).toEqual(records.map(({ messageId }) => ({ itemIdentifier: messageId })));
});

it('remembers an output whose task it is told of', async () => {
  const { tasks, results, memory, handler } = setup();
  const row = completed(aRow({ agent_id: 'agent-7', remember: 'k' }));
  tasks.rows.set(row.task_id, row);
  await results.put([aResult({ ...row, attempt: 1 }, { output: '"it"' })]);
  await handler({ Records: [anSqsRecord(JSON.stringify({ task_id: row.task_id }))] });
  expect((await memory.read('agent-7', ['k'])).get('k')?.value).toBe('"it"');
});

it('removes the objects of a row that is gone, and none of the row that has its id by now', async () => {
  const { objects, handler } = setup();
  const old = aRow();
  const next = { ...old, listed_at: old.listed_at.replace(/^\d/, '2') };
  for (const row of [old, next]) {
    await objects.put(payloadKeyOf(row), '1');
    await objects.put(outputKeyOf(row, 1), '2');
  }
  const answer = await handler({ Records: [anSqsRecord(JSON.stringify({ objects: objectsOf(old) }))] });
  expect(answer).toEqual({ batchItemFailures: [] });
  expect([...objects.objects.keys()]).toEqual([payloadKeyOf(next), outputKeyOf(next, 1)]);
});

it.each(['', 'values/', 'values/task-1/', 'uploads/task-1/1/'])(
  'fails to remove all of "%s"',
  async (prefix) => {
    const { objects, handler } = setup();
    await objects.put(`${prefix}1`, '1');
    const record = anSqsRecord(JSON.stringify({ objects: prefix }));
    const { batchItemFailures } = await handler({ Records: [record] });
    expect(batchItemFailures).toEqual([{ itemIdentifier: record.messageId }]);
    expect(objects.objects.size).toBe(1);
  },
);
