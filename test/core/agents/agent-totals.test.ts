import { describe, expect, it } from 'vitest';
import {
  addCounts,
  blockOf,
  type CountedBlock,
  countTasks,
  NO_TASKS,
  settledBlock,
  settledPart,
  successRate,
  type TaskState,
} from '../../../core/agents/agent-totals.ts';
import { timeIndexSort } from '../../../core/time-index.ts';
import { NOW_MS } from '../../support/builders.ts';

const OLD_MS = NOW_MS - 3_600_000;
const entryOf = (n: number, atMs = OLD_MS) => timeIndexSort(atMs + n, `task-${n}`);
const entries = (count: number) => Array.from({ length: count }, (_, n) => entryOf(n));
const statesOf = (...all: readonly (TaskState | TaskState['status'])[]) =>
  new Map(all.map((one, n) => [`task-${n}`, typeof one === 'string' ? { status: one } : one]));
const EXPIRES_AT = NOW_MS / 1000 + 86_400;
const range = { after: '1', through: '2' };
const DAY_MS = 86_400_000;

describe('counting', () => {
  it('tells every state, and leaves out what is gone or no longer kept', () => {
    const states = statesOf(
      'completed',
      { status: 'completed', expires_at: NOW_MS / 1000 },
      'failed',
      'queued',
      'processing',
      'completed',
    );
    expect(countTasks(entries(8), states, NOW_MS)).toEqual({
      ...NO_TASKS,
      completed: 2,
      failed: 1,
      queued: 1,
      processing: 1,
    });
  });

  it('adds', () => {
    expect(addCounts({ ...NO_TASKS, failed: 1 }, { failed: 2, completed: 3 })).toEqual({
      ...NO_TASKS,
      failed: 3,
      completed: 3,
    });
  });
});

describe('the success rate', () => {
  it('is the share of the completed among those that completed or failed', () => {
    expect(successRate({ ...NO_TASKS, completed: 3, failed: 1, cancelled: 5 })).toBe(0.75);
  });

  it('is null where none did', () => {
    expect(successRate({ ...NO_TASKS, cancelled: 5, queued: 1 })).toBeNull();
  });
});

describe('what is old enough to be counted for good', () => {
  it('ends five minutes ago', () => {
    const young = entryOf(0, NOW_MS - 300_000);
    const old = entryOf(0, NOW_MS - 300_001);
    expect(settledPart([old, young], NOW_MS)).toEqual([old]);
    expect(settledPart([old], NOW_MS)).toEqual([old]);
    expect(settledPart([], NOW_MS)).toEqual([]);
  });
});

describe('a block', () => {
  it('has the numbers of what never changes, and the names of what may', () => {
    const states = statesOf(
      { status: 'completed', expires_at: EXPIRES_AT },
      { status: 'cancelled', expires_at: EXPIRES_AT + 100 },
      'failed',
      'waiting',
    );
    expect(blockOf(range, entries(5), states, NOW_MS)).toEqual({
      ...range,
      completed: 1,
      cancelled: 1,
      open: [entryOf(2), entryOf(3)],
      fresh_until: EXPIRES_AT * 1000 + 3_600_000,
    });
  });

  it('leaves out what is no longer kept, but looks again at what may be retried while it is there', () => {
    const expired = { expires_at: NOW_MS / 1000 };
    const states = statesOf({ status: 'completed', ...expired }, { status: 'failed', ...expired });
    expect(blockOf(range, entries(3), states, NOW_MS)).toMatchObject({ completed: 0, open: [entryOf(1)] });
  });

  it('is counted anew after a week at the latest', () => {
    const states = statesOf({ status: 'completed', expires_at: NOW_MS / 1000 + 30 * 86_400 }, 'completed');
    expect(blockOf(range, entries(2), states, NOW_MS)?.fresh_until).toBe(NOW_MS + 7 * DAY_MS);
    expect(blockOf(range, [], new Map(), NOW_MS)?.fresh_until).toBe(NOW_MS + 7 * DAY_MS);
  });

  it('is none where more than a hundred may change', () => {
    const waiting = (count: number) => statesOf(...Array.from({ length: count }, () => 'waiting' as const));
    expect(blockOf(range, entries(100), waiting(100), NOW_MS)?.open).toHaveLength(100);
    expect(blockOf(range, entries(101), waiting(101), NOW_MS)).toBeUndefined();
  });
});

describe('another look at the open tasks of a block', () => {
  const block: CountedBlock = {
    ...range,
    completed: 5,
    cancelled: 0,
    open: entries(4),
    fresh_until: NOW_MS + 7 * DAY_MS,
  };

  it('settles it where half of them or more have ended or gone', () => {
    const states = statesOf({ status: 'completed', expires_at: EXPIRES_AT }, 'failed', 'processing');
    expect(settledBlock(block, states, NOW_MS)).toEqual({
      ...block,
      completed: 6,
      open: [entryOf(1), entryOf(2)],
      fresh_until: EXPIRES_AT * 1000 + 3_600_000,
    });
  });

  it('leaves it where most are open still, or none was', () => {
    expect(settledBlock(block, statesOf('completed', 'failed', 'queued', 'queued'), NOW_MS)).toBeUndefined();
    expect(settledBlock({ ...block, open: [] }, new Map(), NOW_MS)).toBeUndefined();
  });
});
