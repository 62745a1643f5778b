import { expect, it } from 'vitest';
import type { TaskRow } from '../../../core/task-row.ts';
import { wakeOrdered } from '../../../core/usecases/wake-ordered.ts';
import { aMessage, aRow, NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const DUE_MS = NOW_MS + 60_000;

function setup(nowMs = DUE_MS) {
  const tasks = new InMemoryTaskStore();
  const putBacks: unknown[] = [];
  const messages = { putBack: async (back: readonly unknown[]) => void putBacks.push(...back) };
  const given = (...rows: TaskRow[]) => rows.forEach((row) => void tasks.rows.set(row.task_id, row));
  const deps = { tasks, messages, clock: new FixedClock(nowMs) };
  return { tasks, putBacks, given, deps };
}

const scheduled = () => aRow({ ordering_key: 'k', scheduled_at: DUE_MS });

it('reads nothing where nobody is to be woken', async () => {
  const { deps, tasks } = setup();
  tasks.readAll = () => Promise.reject(new Error('it is read'));
  expect(await wakeOrdered(deps, [])).toEqual([]);
});

it('queues what is due, once, whatever number of messages come for it', async () => {
  const { deps, tasks, given, putBacks } = setup();
  const [row, other] = [scheduled(), scheduled()];
  given(row, other);
  expect(await wakeOrdered(deps, [aMessage(row), aMessage(other), aMessage(row)])).toEqual([]);
  expect([...tasks.rows.values()].map(({ status, generation }) => [status, generation])).toEqual([
    ['queued', 2],
    ['queued', 2],
  ]);
  expect(await wakeOrdered(deps, [aMessage(row)])).toEqual([]);
  expect(putBacks).toEqual([]);
});

it('puts a message back that comes early, and drops one for a task that is gone', async () => {
  const { deps, given, putBacks } = setup(DUE_MS - 1500);
  const row = scheduled();
  given(row);
  const message = aMessage(row);
  expect(await wakeOrdered(deps, [message, aMessage(aRow())])).toEqual([message.messageId]);
  expect(putBacks).toEqual([{ receiptHandle: message.receiptHandle, delaySeconds: 2 }]);
});

it('has a message come again whose write was refused or is not certain', async () => {
  const { deps, tasks, given, putBacks } = setup();
  const [row, other] = [scheduled(), scheduled()];
  given(row, other);
  tasks.write = async () => [
    { kind: 'refused', row },
    { kind: 'unconfirmed', reason: 'throttled' },
  ];
  const messages = [aMessage(row), aMessage(other, { receives: 3 })];
  expect(await wakeOrdered(deps, messages)).toEqual(messages.map(({ messageId }) => messageId));
  expect(putBacks).toMatchObject([{ delaySeconds: 2 }, { delaySeconds: 8 }]);
});
