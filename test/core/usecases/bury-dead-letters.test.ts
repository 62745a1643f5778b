import { describe, expect, it } from 'vitest';
import type { TaskRow } from '../../../core/task-row.ts';
import { buryDeadLetters } from '../../../core/usecases/bury-dead-letters.ts';
import { aMessage, aRow } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

function setup(row: TaskRow) {
  const tasks = new InMemoryTaskStore();
  tasks.rows.set(row.task_id, row);
  const putBacks: { receiptHandle: string; delaySeconds: number }[] = [];
  const deps = {
    tasks,
    results: new InMemoryResultStore(),
    messages: {
      putBack: async (messages: readonly (typeof putBacks)[number][]) => void putBacks.push(...messages),
    },
    clock: new FixedClock(),
    retentionSeconds: 3600,
  };
  const message = aMessage(row, { receives: 2 });
  const isBack = { failedMessageIds: [message.messageId], endedTaskIds: [] };
  return { tasks, putBacks, isBack, bury: () => buryDeadLetters(deps, [message]), message };
}

describe('a dead letter', () => {
  it('whose task is changed between look and write is looked at again', async () => {
    const row = aRow();
    const { tasks, bury } = setup(row);
    const write = tasks.write.bind(tasks);
    let asked = 0;
    tasks.write = async (writes) => {
      asked += 1;
      if (asked === 1) tasks.rows.set(row.task_id, { ...row, status: 'processing', cancel_requested: true });
      return await write(writes);
    };
    expect(await bury()).toEqual({ failedMessageIds: [], endedTaskIds: [row.task_id] });
    expect(tasks.rows.get(row.task_id)?.status).toBe('cancelled');
  });

  it.each([
    ['is changed at every look', { kind: 'refused', row: aRow() }],
    ['gives no answer', { kind: 'unconfirmed', reason: 'throttled' }],
  ] as const)('goes back for a while when its task %s', async (_, outcome) => {
    const row = aRow();
    const { tasks, putBacks, isBack, bury, message } = setup(row);
    tasks.write = async () => [outcome.kind === 'refused' ? { ...outcome, row } : outcome];
    expect(await bury()).toEqual(isBack);
    expect(putBacks).toEqual([{ receiptHandle: message.receiptHandle, delaySeconds: 4 }]);
  });

  it('goes back for a while when its task cannot be read', async () => {
    const { tasks, putBacks, isBack, bury } = setup(aRow());
    tasks.read = () => Promise.reject(new Error('throttled'));
    expect(await bury()).toEqual(isBack);
    expect(putBacks).toHaveLength(1);
  });
});
