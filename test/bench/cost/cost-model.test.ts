import { describe, expect, it } from 'vitest';
import { AWS_CALL_MS, billedSeconds, costOf } from '../../../bench/cost/cost-model.ts';

describe('the cost of a million tasks', () => {
  it('prices each usage and adds them up, the dearest first', () => {
    const cost = costOf([
      { part: 'SQS', unit: 'sqs_request', perTask: 0.1 },
      { part: 'tasks', unit: 'write_unit', perTask: 3 },
    ]);
    expect(cost.lines.map(({ part, usdPerMillionTasks }) => [part, usdPerMillionTasks])).toEqual([
      ['tasks', 1.875],
      ['SQS', 0.04000000000000001],
    ]);
    expect(cost.usdPerMillionTasks).toBeCloseTo(1.915);
  });

  it('adds up usages of one part and unit, and leaves out what costs nothing', () => {
    const cost = costOf([
      { part: 'SQS sends', unit: 'sqs_request', perTask: 0.5 },
      { part: 'SQS sends', unit: 'sqs_request', perTask: 0.5 },
      { part: 'api', unit: 'log_byte', perTask: 0 },
    ]);
    expect(cost.lines).toHaveLength(1);
    expect(cost.usdPerMillionTasks).toBeCloseTo(0.4);
  });

  it('fails for a usage that is no number from 0 on', () => {
    expect(() => costOf([{ part: 'api', unit: 'log_byte', perTask: -1 }])).toThrow('api: -1 log_byte');
    expect(() => costOf([{ part: 'api', unit: 'log_byte', perTask: Number.NaN }])).toThrow('NaN');
  });
});

describe('the billed time of an invocation', () => {
  it('is its waiting and its CPU, in started milliseconds', () => {
    expect(billedSeconds({ cpuMs: 3.2, callsInRow: 3, memoryMb: 1769 })).toBe((3 * AWS_CALL_MS + 4) / 1000);
  });

  it('grows where the memory brings less than a vCPU, but does not shrink where it brings more', () => {
    expect(billedSeconds({ cpuMs: 4, callsInRow: 0, memoryMb: 884.5 })).toBe(0.008);
    expect(billedSeconds({ cpuMs: 4, callsInRow: 0, memoryMb: 8192 })).toBe(0.004);
  });
});
