import { expect, it } from 'vitest';
import { FairQueue } from '../../../bench/fairness/fair-queue.ts';
import { waitsOf } from '../../../bench/fairness/fairness-part.ts';

const message = (group: string, sentAtMs = 0) => ({ group, sentAtMs });
const flood = (queue: FairQueue, group: string, count: number) => {
  for (let n = 0; n < count; n += 1) queue.send(message(group, n));
};
const groupsOf = (received: readonly { group: string }[]) => received.map(({ group }) => group);

it('hands out the oldest message, as long as no group is noisy', () => {
  const queue = new FairQueue({ isFair: true });
  flood(queue, 'a', 20);
  queue.send(message('b', 5));
  expect(groupsOf(queue.receive(7, 10)).filter((group) => group === 'b')).toHaveLength(1);
});

it('calls a group noisy from 30 in flight on that are a tenth of all, and hands out the others first', () => {
  const queue = new FairQueue({ isFair: true });
  flood(queue, 'a', 100);
  queue.receive(30, 100);
  queue.send(message('b', 101));
  expect(groupsOf(queue.receive(2, 102))).toEqual(['b', 'a']);
  const unfair = new FairQueue({ isFair: false });
  flood(unfair, 'a', 100);
  unfair.receive(30, 100);
  unfair.send(message('b', 101));
  expect(groupsOf(unfair.receive(2, 102))).toEqual(['a', 'a']);
});

it('calls a group noisy by the time that it takes, until it has sent nothing for five minutes', () => {
  const queue = new FairQueue({ isFair: true });
  queue.send(message('a'));
  for (const first of queue.receive(1, 0)) queue.delete(first, 1, 30_000);
  flood(queue, 'a', 3);
  queue.send(message('b', 10));
  expect(groupsOf(queue.receive(1, 20))).toEqual(['b']);
  queue.send(message('b', 300_010));
  expect(groupsOf(queue.receive(1, 300_020))).toEqual(['a']);
});

it('shares among noisy groups by what they have in flight, and calls one quiet whose backlog is consumed', () => {
  const queue = new FairQueue({ isFair: true });
  flood(queue, 'a', 80);
  queue.receive(60, 100);
  flood(queue, 'b', 40);
  queue.receive(30, 101);
  expect(groupsOf(queue.receive(2, 102))).toEqual(['b', 'b']);
  queue.receive(28, 103);
  queue.send(message('b', 104));
  expect(groupsOf(queue.receive(1, 105))).toEqual(['b']);
});

it('serves a quiet tenant at once behind a flood, whatever number of keys that has', () => {
  const capacity = { executors: 20, batchSize: 10, batchMs: 500 };
  const [unfair, invented, ours] = waitsOf(capacity, { tasks: 4000, withinMs: 1000, keys: 400 });
  expect(unfair?.quiet.max).toBeGreaterThan(2);
  expect(invented?.quiet.max).toBeGreaterThan(2);
  expect(ours?.quiet.max).toBeLessThanOrEqual(1);
});
