import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseTimeIndexSort,
  shardOf,
  TIME_INDEX_BOTTOM,
  TIME_INDEX_TOP,
  timeIndexBound,
  timeIndexSort,
} from '../../core/time-index.ts';
import { newTaskId } from '../support/builders.ts';

const moments = fc.integer({ min: Date.UTC(2001, 8, 10), max: Date.UTC(2286, 10, 20) });

describe('the time index', () => {
  it('sorts as text as its times do, ids deciding between equal ones', () => {
    fc.assert(
      fc.property(moments, moments, fc.uuid(), fc.uuid(), (aMs, bMs, a, b) => {
        const isBefore = aMs === bMs ? `task-${a}` < `task-${b}` : aMs < bMs;
        expect(timeIndexSort(aMs, `task-${a}`) < timeIndexSort(bMs, `task-${b}`)).toBe(isBefore);
      }),
    );
  });

  it('tells the moment and the task of an entry', () => {
    expect(parseTimeIndexSort(timeIndexSort(1_795_255_200_000, 'task-1'))).toEqual({
      atMs: 1_795_255_200_000,
      taskId: 'task-1',
    });
  });

  it('has bounds between entries, for any moment that can be written', () => {
    fc.assert(
      fc.property(moments, fc.uuid(), (atMs, id) => {
        const entry = timeIndexSort(atMs, `task-${id}`);
        expect(timeIndexBound(atMs) < entry).toBe(true);
        expect(timeIndexBound(atMs + 1) > entry).toBe(true);
        expect(TIME_INDEX_BOTTOM < entry && entry < TIME_INDEX_TOP).toBe(true);
      }),
    );
    expect(timeIndexBound(Date.parse('0001-01-01T00:00:00Z'))).toBe(TIME_INDEX_BOTTOM);
    expect(timeIndexBound(Date.parse('9999-12-31T23:59:59Z'))).toBe('9999999999999');
  });
});

describe('the shard of a task', () => {
  it('is always the same, and one of the shards', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 64 }), (id, shards) => {
        const shard = shardOf(id, shards);
        expect(shard).toBe(shardOf(id, shards));
        expect(Number.isInteger(shard) && shard >= 0 && shard < shards).toBe(true);
      }),
    );
  });

  it('spreads tasks evenly', () => {
    const counts = new Array(8).fill(0);
    for (let n = 0; n < 8000; n += 1) counts[shardOf(newTaskId(), 8)] += 1;
    for (const count of counts) expect(count).toBeGreaterThan(800);
  });
});
