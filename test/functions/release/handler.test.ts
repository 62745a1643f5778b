import { describe, expect, it } from 'vitest';
import type { TaskRow } from '../../../core/task-row.ts';
import { createHandler } from '../../../functions/release/handler.ts';
import { encodeReleaseMessage, parseReleaseMessage } from '../../../functions/shared/release-message.ts';
import { aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryReleaseQueue } from '../../support/in-memory-release-queue.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { anSqsRecord } from '../../support/sqs-event.ts';

async function setup() {
  const [tasks, edges] = [new InMemoryTaskStore(), new InMemoryEdgeStore()];
  const dependency: TaskRow = { ...claimed(aRow()), status: 'completed' };
  const dependent: TaskRow = {
    ...aRow(),
    status: 'waiting',
    dependencies: [`0s ${dependency.task_id}`],
    waiting_on: ['0'],
  };
  for (const row of [dependency, dependent]) tasks.rows.set(row.task_id, row);
  await edges.put([
    { dependencyId: dependency.task_id, dependentId: dependent.task_id, index: 0, condition: 'success' },
  ]);
  const log: unknown[][] = [];
  const handler = createHandler({
    tasks,
    edges,
    releases: new InMemoryReleaseQueue(),
    clock: new FixedClock(),
    retentionSeconds: 60,
    logger: {
      info: (...line: unknown[]) => void log.push(line),
      error: (...line: unknown[]) => void log.push(line),
    },
  });
  const body = encodeReleaseMessage({ task_id: dependency.task_id, of: 'end' });
  return { tasks, log, body, handler, now: () => tasks.rows.get(dependent.task_id)?.status };
}

describe('release', () => {
  it('lets the dependents of an ended task go on, and writes one line', async () => {
    const { handler, body, log, now } = await setup();
    expect(await handler({ Records: [anSqsRecord(body)] })).toEqual({ batchItemFailures: [] });
    expect(now()).toBe('queued');
    expect(log).toEqual([['released', { messages: 1, edges: 1, failed: 0 }]]);
  });

  it('reports the messages of which it is not certain, and no others', async () => {
    const { handler, body, tasks, log } = await setup();
    tasks.write = async () => [{ kind: 'unconfirmed', reason: 'throttled' }];
    const other = anSqsRecord(encodeReleaseMessage({ task_id: 'task-x', of: 'end' }), { messageId: 'fine' });
    const record = anSqsRecord(body, { messageId: 'bad' });
    expect(await handler({ Records: [other, record] })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'bad' }],
    });
    expect(log[0]).toEqual([
      'dependents are not told for certain',
      { task_id: expect.any(String), failure: 'throttled' },
    ]);
  });

  it('acknowledges what is no message of its own', async () => {
    const { handler, log } = await setup();
    const bodies = [
      'no json',
      '7',
      'null',
      '{}',
      '{"task_id":"","of":"end"}',
      '{"task_id":"t","of":"other"}',
      '{"task_id":"t","of":"end","after":7}',
    ];
    expect(await handler({ Records: bodies.map((body) => anSqsRecord(body)) })).toEqual({
      batchItemFailures: [],
    });
    expect(log).toHaveLength(bodies.length + 1);
  });
});

describe('a release message', () => {
  it.each([
    { task_id: 'task-1', of: 'end' },
    { task_id: 'task-1', of: 'start', after: 'start#task-2#0' },
    { task_id: 'task-1', of: 'empty' },
  ] as const)('is read as it was written: %o', (message) => {
    expect(parseReleaseMessage({ body: encodeReleaseMessage(message) })).toEqual(message);
  });
});
