import { describe, expect, it } from 'vitest';
import { choosePool, limitsOf, type Needs, type Pool } from '../../core/pool.ts';
import { DEFAULT_REQUIREMENTS, requirementsOf } from '../../core/requirements.ts';

const standard: Pool = {
  name: 'standard',
  provides: { cpu_cores: 1, memory_gb: 1, storage_gb: 0.5, gpu_units: 0 },
  attemptSeconds: 60,
};
const large: Pool = {
  name: 'large',
  provides: { cpu_cores: 4, memory_gb: 8, storage_gb: 10, gpu_units: 0 },
  attemptSeconds: 900,
};
const POOLS = [standard, large];
const needs = (change: Partial<Needs> = {}): Needs => ({
  ...DEFAULT_REQUIREMENTS,
  timeout_seconds: 30,
  ...change,
});

describe('the pool of a task', () => {
  it.each<[string, Partial<Needs>]>([
    ['what is usual', {}],
    ['all that the smallest gives', { cpu_cores: 1, memory_gb: 1, storage_gb: 0.5, timeout_seconds: 60 }],
  ])('is the smallest, which has no name in a row, for %s', (_, change) => {
    expect(choosePool(needs(change), POOLS)).toEqual({ kind: 'chosen' });
  });

  it.each<[string, Partial<Needs>]>([
    ['cores', { cpu_cores: 1.1 }],
    ['memory', { memory_gb: 1.01 }],
    ['storage', { storage_gb: 10 }],
    ['time', { timeout_seconds: 61 }],
    ['all that there is', limitsOf(large)],
  ])('is the next for more %s', (_, change) => {
    expect(choosePool(needs(change), POOLS)).toEqual({ kind: 'chosen', name: 'large' });
  });

  it('is none for what even the largest does not give: each need with its limit', () => {
    expect(choosePool(needs({ memory_gb: 9, gpu_units: 1, cpu_cores: 2 }), POOLS)).toEqual({
      kind: 'none',
      largest: large,
      excess: [
        { name: 'memory_gb', asked: 9, limit: 8 },
        { name: 'gpu_units', asked: 1, limit: 0 },
      ],
    });
  });

  it('fails where no pool is configured', () => {
    expect(() => choosePool(needs(), [])).toThrow('there is no executor pool');
  });
});

describe('the requirements of a task', () => {
  it("are its own parts over its type's over the platform's", () => {
    const type = { requirements: { memory_gb: 2, cpu_cores: 2 } };
    expect(requirementsOf({}, {})).toEqual(DEFAULT_REQUIREMENTS);
    expect(requirementsOf({ requirements: { cpu_cores: 3 } }, type)).toEqual({
      ...DEFAULT_REQUIREMENTS,
      memory_gb: 2,
      cpu_cores: 3,
    });
  });
});
