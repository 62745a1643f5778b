import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../core/lane.ts';
import { RESUMED_WATCH_MS } from '../../../core/lane-state.ts';
import { serveLanes } from '../../../core/usecases/serve-lanes.ts';
import { NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryLaneStates } from '../../support/in-memory-lane-states.ts';

function setup(answer: (lane: Lane) => Promise<boolean> = async () => true) {
  const states = new InMemoryLaneStates();
  const clock = new FixedClock(NOW_MS);
  const asked: [Lane, boolean][] = [];
  const troubles: Lane[] = [];
  const look = () =>
    serveLanes({
      states,
      clock,
      mappings: {
        serve: async (lane, isServed) => {
          asked.push([lane, isServed]);
          return await answer(lane);
        },
      },
      onTrouble: ({ lane }) => void troubles.push(lane),
    });
  return { states, clock, asked, troubles, look };
}

describe('a look at the lanes', () => {
  it('asks nothing while no lane was ever paused', async () => {
    const { look, asked } = setup();
    expect(await look()).toEqual({ lanes: 0, done: 0 });
    expect(asked).toEqual([]);
  });

  it('stops what is paused, each time: a deployment may have started it again', async () => {
    const { states, clock, look, asked } = setup();
    await states.write({ lane: 'low', paused: true, changed_at: NOW_MS });
    await look();
    await clock.wait(RESUMED_WATCH_MS * 10);
    expect(await look()).toEqual({ lanes: 1, done: 1 });
    expect(asked).toEqual([
      ['low', false],
      ['low', false],
    ]);
    expect(states.states.size).toBe(1);
  });

  it('serves what is resumed, and forgets it when nobody can act on an older state any more', async () => {
    const { states, clock, look, asked } = setup();
    await states.write({ lane: 'low', paused: false, changed_at: NOW_MS });
    await look();
    expect(states.states.size).toBe(1);
    await clock.wait(RESUMED_WATCH_MS);
    await look();
    expect(asked).toEqual([
      ['low', true],
      ['low', true],
    ]);
    expect(states.states.size).toBe(0);
  });

  it('does not forget a lane that is not served yet', async () => {
    const { states, clock, look } = setup(async () => false);
    await states.write({ lane: 'low', paused: false, changed_at: NOW_MS });
    await clock.wait(RESUMED_WATCH_MS);
    expect(await look()).toEqual({ lanes: 1, done: 0 });
    expect(states.states.size).toBe(1);
  });

  it('switches the other lanes where one fails, and tells', async () => {
    const { states, look, troubles } = setup(async (lane) => {
      if (lane === 'low') throw new Error('throttled');
      return true;
    });
    await states.write({ lane: 'low', paused: true, changed_at: NOW_MS });
    await states.write({ lane: 'high', paused: true, changed_at: NOW_MS });
    expect(await look()).toEqual({ lanes: 2, done: 1 });
    expect(troubles).toEqual(['low']);
  });
});
