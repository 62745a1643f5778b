import { expect, it } from 'vitest';
import { createHandler } from '../../../functions/timers/handler.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { InMemoryTimerIndex } from '../../support/in-memory-timer-index.ts';

it('sweeps the shard that it is called for, and logs one line', async () => {
  const tasks = new InMemoryTaskStore();
  const logged: unknown[] = [];
  const handler = createHandler({
    tasks,
    timers: new InMemoryTimerIndex(tasks.rows),
    results: { ofTask: async () => [] },
    edges: new InMemoryEdgeStore(),
    lanes: { send: async () => [] },
    clock: new FixedClock(),
    retentionSeconds: 60,
    logger: { info: (...line: unknown[]) => void logged.push(line), error: () => undefined },
  });
  await handler({ shard: '3' });
  expect(logged).toEqual([['swept', { shard: '3', due: 0, changed: 0, unconfirmed: 0 }]]);
});
