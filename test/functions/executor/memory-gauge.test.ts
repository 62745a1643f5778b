import { expect, it } from 'vitest';
import { memoryGauge } from '../../../functions/executor/memory-gauge.ts';

it.each([
  ['below the mark', 1000, 1000, false],
  ['above the mark', 1600, 1550, true],
  ['once above, and below since', 1600, 1000, false],
])('memory that is %s', (_, peakMb, presentMb, isHigh) => {
  const gauge = memoryGauge(1769, { peakMb: () => peakMb, presentMb: () => presentMb });
  expect(gauge()).toBe(isHigh);
});

it('looks the present use up only where memory was high before', () => {
  const presentMb = () => {
    throw new Error('it was looked up');
  };
  expect(memoryGauge(1769, { peakMb: () => 100, presentMb })()).toBe(false);
});

it('measures this process', () => {
  const usedMb = process.memoryUsage.rss() / 1024 / 1024;
  expect([memoryGauge(usedMb / 2)(), memoryGauge(usedMb * 100)()]).toEqual([true, false]);
});

it('finds no memory high where no limit is known', () => {
  expect(memoryGauge(Number(undefined))()).toBe(false);
});
