import { expect, it } from 'vitest';
import { LANES } from '../../core/lane.ts';
import { QUEUE_KINDS, queueNameIn, queueNameOf } from '../../core/queue-name.ts';

it('is one for each lane, and one for tasks that run alone', () => {
  expect(QUEUE_KINDS).toEqual([...LANES, 'solo']);
});

it.each([
  [{}, 'normal'],
  [{ priority: 1 }, 'critical'],
  [{ priority: 9, pool: 'large' }, 'low-large'],
  [{ priority: 1, solo: true }, 'solo'],
  [{ solo: true, pool: 'large' }, 'solo-large'],
])('of a row %j is %s', (row, name) => {
  expect(queueNameOf(row)).toBe(name);
});

it('has no pool in it for the smallest', () => {
  expect([queueNameIn('high'), queueNameIn('high', 'large')]).toEqual(['high', 'high-large']);
});
