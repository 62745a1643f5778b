import { describe, expect, it } from 'vitest';
import type { TaskRow } from '../../../core/task-row.ts';
import { createHandler } from '../../../functions/dead-letter/handler.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { aLaneEvent, anSqsRecord } from '../../support/sqs-event.ts';

function setup(...rows: TaskRow[]) {
  const tasks = new InMemoryTaskStore();
  for (const row of rows) tasks.rows.set(row.task_id, row);
  const results = new InMemoryResultStore();
  const clock = new FixedClock();
  const putBacks: { receiptHandle: string; delaySeconds: number }[] = [];
  const handler = createHandler({
    tasks,
    results,
    clock,
    messagesOf: () => ({ putBack: async (messages) => void putBacks.push(...messages) }),
    retentionSeconds: 3600,
    logger: { info() {}, error() {} },
  });
  return { tasks, results, clock, putBacks, handler };
}

describe('a dead letter', () => {
  it('fails its task, naming the reason and the last error', async () => {
    const row = { ...aRow(), error: { code: 'boom', message: 'it broke', retryable: true } };
    const { handler, tasks } = setup(row);
    expect(await handler(aLaneEvent([aMessage(row, { receives: 13 })]))).toEqual({ batchItemFailures: [] });
    const ended = tasks.rows.get(row.task_id);
    expect(ended).toMatchObject({
      status: 'failed',
      failed_in: 'normal',
      error: { code: 'dead_lettered', retryable: false },
    });
    expect(ended?.error?.message).toContain('boom: it broke');
  });

  it('completes its task when an attempt had stored its success', async () => {
    const row = claimed(aRow());
    const { handler, tasks, results, clock } = setup(row);
    await results.put([aResult(row)]);
    clock.advance(80_001);
    await handler(aLaneEvent([aMessage(row)]));
    expect(tasks.rows.get(row.task_id)).toMatchObject({ status: 'completed', result_attempt: 1 });
  });

  it('stays until the lease of a running attempt is over', async () => {
    const row = claimed(aRow());
    const { handler, tasks, putBacks } = setup(row);
    const message = aMessage(row);
    const answer = await handler(aLaneEvent([message]));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: message.messageId }] });
    expect(putBacks).toEqual([{ receiptHandle: message.receiptHandle, delaySeconds: 80 }]);
    expect(tasks.rows.get(row.task_id)).toEqual(row);
  });

  it('is dropped when its task has ended, has moved on or is gone', async () => {
    const ended = { ...aRow(), status: 'completed' as const };
    const moved = { ...aRow(), generation: 2 };
    const { handler, tasks } = setup(ended, moved);
    const messages = [aMessage(ended), aMessage({ ...moved, generation: 1 }), aMessage(aRow())];
    expect(await handler(aLaneEvent(messages))).toEqual({ batchItemFailures: [] });
    expect(tasks.writes).toEqual([]);
  });

  it('is judged anew when somebody claims the task between look and write', async () => {
    const row = aRow();
    const { handler, tasks, results } = setup(row);
    const ofTask = results.ofTask.bind(results);
    results.ofTask = async (taskId) => {
      tasks.rows.set(row.task_id, claimed(row));
      return await ofTask(taskId);
    };
    const message = aMessage(row);
    const answer = await handler(aLaneEvent([message]));
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(tasks.rows.get(row.task_id)?.status).toBe('processing');
  });

  it('comes back when the table does not answer', async () => {
    const row = aRow();
    const { handler, tasks, putBacks } = setup(row);
    tasks.write = async (writes) => writes.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
    const answer = await handler(aLaneEvent([aMessage(row, { receives: 2 })]));
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(putBacks).toMatchObject([{ delaySeconds: 4 }]);
  });

  it('that is no lane message is acknowledged', async () => {
    const { handler } = setup();
    expect(await handler({ Records: [anSqsRecord('[]'), anSqsRecord('')] })).toEqual({
      batchItemFailures: [],
    });
  });
});
