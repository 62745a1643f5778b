/** The tiers, most urgent first. */
export const LANES = ['critical', 'high', 'normal', 'low'] as const;

export type Lane = (typeof LANES)[number];

/** Priorities of each tier, both ends included; 1 is the highest. */
export const LANE_PRIORITIES: Readonly<Record<Lane, readonly [number, number]>> = {
  critical: [1, 2],
  high: [3, 4],
  normal: [5, 7],
  low: [8, 10],
};

export const DEFAULT_PRIORITY = 5;

/** The lane of a priority. Throws a RangeError for what is no integer from 1 to 10. */
export function laneOf(priority: number): Lane {
  const lane = LANES.find((name) => {
    const [highest, lowest] = LANE_PRIORITIES[name];
    return Number.isInteger(priority) && priority >= highest && priority <= lowest;
  });
  if (lane === undefined) throw new RangeError(`priority ${priority} is no integer from 1 (highest) to 10`);
  return lane;
}

/** One value for each lane. */
export function byLane<Value>(pick: (lane: Lane) => Value): Readonly<Record<Lane, Value>> {
  return { critical: pick('critical'), high: pick('high'), normal: pick('normal'), low: pick('low') };
}
