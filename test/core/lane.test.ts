import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANE_PRIORITIES, LANES, laneOf } from '../../core/lane.ts';

describe('the lane of a priority', () => {
  it.each([
    ['critical', [1, 2]],
    ['high', [3, 4]],
    ['normal', [5, 6, 7]],
    ['low', [8, 9, 10]],
  ] as const)('is %s for %j', (lane, priorities) => {
    for (const priority of priorities) expect(laneOf(priority)).toBe(lane);
  });

  it('is never less urgent for a higher priority', () => {
    const aPriority = fc.integer({ min: 1, max: 10 });
    fc.assert(
      fc.property(aPriority, aPriority, (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        expect(LANES.indexOf(laneOf(first))).toBeLessThanOrEqual(LANES.indexOf(laneOf(second)));
      }),
    );
  });

  it('lies within the priorities that the lane is said to have', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), (priority) => {
        const [highest, lowest] = LANE_PRIORITIES[laneOf(priority)];
        expect(priority).toBeGreaterThanOrEqual(highest);
        expect(priority).toBeLessThanOrEqual(lowest);
      }),
    );
  });

  it.each([0, 11, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('fails for %d', (priority) => {
    expect(() => laneOf(priority)).toThrow(
      new RangeError(`priority ${priority} is no integer from 1 (highest) to 10`),
    );
  });
});
