import { expect, it } from 'vitest';
import { createHandler } from '../../../functions/lane-switch/handler.ts';
import { NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryLaneStates } from '../../support/in-memory-lane-states.ts';

it('tells in its log what it did, and what failed', async () => {
  const states = new InMemoryLaneStates();
  await states.write({ lane: 'low', paused: true, changed_at: NOW_MS });
  await states.write({ lane: 'high', paused: true, changed_at: NOW_MS });
  const logged: unknown[] = [];
  const handler = createHandler({
    states,
    clock: new FixedClock(),
    mappings: {
      serve: async (lane) => {
        if (lane === 'low') throw new Error('throttled');
        return true;
      },
    },
    logger: {
      info: (...line: unknown[]) => void logged.push(line),
      error: (message) => void logged.push(message),
    },
  });
  await handler();
  expect(logged).toEqual(['a lane could not be switched', ['switched', { lanes: 2, done: 1 }]]);
});
