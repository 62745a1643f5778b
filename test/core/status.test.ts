import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEnded, isLegalTransition, sourcesOf, TASK_STATUSES, TRANSITIONS } from '../../core/status.ts';

const aStatus = fc.constantFrom(...TASK_STATUSES);

describe('the table of transitions', () => {
  it('lets a task into each state from exactly the states that sourcesOf names', () => {
    fc.assert(
      fc.property(aStatus, aStatus, (from, to) => {
        expect(sourcesOf(to).includes(from)).toBe(isLegalTransition(from, to));
      }),
    );
  });

  it('lets no completed or cancelled task go on', () => {
    expect(TRANSITIONS.completed).toEqual([]);
    expect(TRANSITIONS.cancelled).toEqual([]);
  });

  it('lets a task start from where a lane message may find it, and from a lease that is over', () => {
    expect(sourcesOf('processing')).toEqual(['scheduled', 'queued', 'processing', 'retrying']);
  });

  it('lets a task be completed from wherever a dead letter may find the success of an attempt', () => {
    expect(sourcesOf('completed')).toEqual(['waiting', 'scheduled', 'queued', 'processing', 'retrying']);
  });

  it('gives every state a way to an end', () => {
    const reaches = (from: (typeof TASK_STATUSES)[number], seen = new Set<string>()): boolean => {
      if (isEnded(from)) return true;
      if (seen.has(from)) return false;
      seen.add(from);
      return TRANSITIONS[from].some((to) => reaches(to, seen));
    };
    for (const status of TASK_STATUSES) expect(reaches(status)).toBe(true);
  });

  it('accepts a task into nothing that only a run leads to', () => {
    expect(isLegalTransition('created', 'queued')).toBe(true);
    expect(isLegalTransition('created', 'processing')).toBe(false);
    expect(isLegalTransition('created', 'failed')).toBe(false);
  });

  it('calls completed, failed and cancelled ended, and nothing else', () => {
    expect(TASK_STATUSES.filter(isEnded)).toEqual(['completed', 'failed', 'cancelled']);
  });
});
