/** A measured figure: the middle of its rounds, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The value below which the part `share` (0 to 1) of the values lies, by the nearest rank. Throws for no values. */
export function percentile(values: readonly number[], share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`share ${share} is not between 0 and 1`);
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no values: there is no percentile of nothing');
  return value;
}

/** Throws for no values. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values: there is no mean of nothing');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Median, least and largest of several rounds. Throws for none. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: percentile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}
