import { describe, expect, it } from 'vitest';
import { mean, percentile, spreadOf } from '../../bench/spread.ts';

describe('percentiles', () => {
  it('takes the nearest rank, whatever the order', () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 0.2, 0.5, 0.95, 1].map((share) => percentile(values, share))).toEqual([1, 1, 3, 5, 5]);
  });

  it('fails for no values, and for a share above 1', () => {
    expect(() => percentile([], 0.5)).toThrow('no values');
    expect(() => percentile([1], 95)).toThrow('share 95');
  });
});

it('tells the middle and both ends of some rounds', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});

it('fails for the mean of nothing', () => {
  expect(mean([1, 2])).toBe(1.5);
  expect(() => mean([])).toThrow('no values');
});
