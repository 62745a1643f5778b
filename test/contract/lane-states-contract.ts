import { expect, it } from 'vitest';
import type { LaneState, LaneStates } from '../../core/lane-state.ts';
import { NOW_MS } from '../support/builders.ts';

/** What every store of lane states does alike. Its lanes are its test's alone. */
export function laneStatesContract(build: () => LaneStates): void {
  it('keeps the last state of each lane, and forgets only what is still so', async () => {
    const states = build();
    expect(await states.read()).toEqual([]);
    const paused: LaneState = { lane: 'low', paused: true, changed_at: NOW_MS };
    const resumed: LaneState = { lane: 'low', paused: false, changed_at: NOW_MS + 1 };
    await states.write(paused);
    await states.write({ ...paused, lane: 'high' });
    expect(await states.read()).toEqual(expect.arrayContaining([paused, { ...paused, lane: 'high' }]));

    await states.write(resumed);
    await states.forget(paused);
    await states.forget({ ...resumed, changed_at: NOW_MS });
    expect(await states.read()).toContainEqual(resumed);

    await states.forget(resumed);
    await states.forget(resumed);
    expect(await states.read()).toEqual([{ ...paused, lane: 'high' }]);
  });
}
