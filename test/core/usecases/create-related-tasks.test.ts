import { describe, expect, it } from 'vitest';
import type { LaneMessage } from '../../../core/claim.ts';
import { createRelatedTasks } from '../../../core/usecases/create-related-tasks.ts';
import { newTaskId } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskIndex } from '../../support/in-memory-task-index.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

function setup() {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const sent: LaneMessage[] = [];
  const lanes = {
    send: async (messages: readonly LaneMessage[]) => {
      sent.push(...messages);
      return messages.map(() => true);
    },
  };
  const hours = new InMemoryTaskIndex(tasks.rows);
  const deps = { tasks, results, lanes, hours, clock: new FixedClock(), shards: 1 };
  return { tasks, results, sent, deps };
}

const aCreation = (payload: unknown = 1) => ({
  taskId: newTaskId(),
  tenant: 'tenant',
  submission: { type: 'echo', payload, priority: 1 },
});

describe('tasks that follow from others', () => {
  it('are there once when they are created twice, and sent again while nobody has claimed them', async () => {
    const { tasks, sent, deps } = setup();
    const creations = [aCreation()];
    for (const _ of [1, 2]) expect(await createRelatedTasks(deps, creations)).toEqual([true]);
    expect(tasks.rows.size).toBe(1);
    expect(sent).toHaveLength(2);
  });

  it('are not called created, nor sent, where that is not certain', async () => {
    const { tasks, sent, deps } = setup();
    tasks.insert = async (rows) => rows.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
    expect(await createRelatedTasks(deps, [aCreation()])).toEqual([false]);
    expect(sent).toEqual([]);
  });

  it('are not created without their payload; the others are', async () => {
    const { tasks, results, deps } = setup();
    results.putPayloads = async (payloads) => payloads.map(() => false);
    const [large, small] = [aCreation('x'.repeat(2000)), aCreation()];
    expect(await createRelatedTasks(deps, [large, small])).toEqual([false, true]);
    expect([...tasks.rows.keys()]).toEqual([small.taskId]);
  });
});
