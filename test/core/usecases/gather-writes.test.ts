import { expect, it } from 'vitest';
import { checkpointWrite } from '../../../core/checkpoint.ts';
import type { RowWrite } from '../../../core/row-write.ts';
import { gatherWrites } from '../../../core/usecases/gather-writes.ts';
import { FixedClock } from '../../support/fixed-clock.ts';

const aWrite = (task_id: string): RowWrite => checkpointWrite({ task_id, attempt: 1 }, '{}');

/** A store that answers each write with its own id. */
function aStore() {
  const calls: string[][] = [];
  const write = gatherWrites(async (writes) => {
    calls.push(writes.map(({ taskId }) => taskId));
    return writes.map(({ taskId }) => ({ kind: 'unconfirmed', reason: taskId }));
  }, new FixedClock());
  return { calls, write };
}

it('sends what is written in one turn in one call, and gives each caller its own answers', async () => {
  const { calls, write } = aStore();
  const answers = await Promise.all([write([aWrite('a')]), write([aWrite('b'), aWrite('c')]), write([])]);
  expect(calls).toEqual([['a', 'b', 'c']]);
  const reasons = answers.map((own) => own.map((one) => (one.kind === 'unconfirmed' ? one.reason : '')));
  expect(reasons).toEqual([['a'], ['b', 'c'], []]);
});

it('sends what is written later in another call', async () => {
  const { calls, write } = aStore();
  await write([aWrite('a')]);
  await write([aWrite('a')]);
  expect(calls).toEqual([['a'], ['a']]);
});

it('sends several writes of one row in calls one after the other, each with its own answer', async () => {
  const { calls, write } = aStore();
  const answers = await Promise.all([write([aWrite('a'), aWrite('b')]), write([aWrite('b')])]);
  expect(calls).toEqual([['a', 'b'], ['b']]);
  expect(answers.map((own) => own.length)).toEqual([2, 1]);
});

it('fails for all whose call fails', async () => {
  const write = gatherWrites(async () => Promise.reject(new Error('down')), new FixedClock());
  const outcomes = await Promise.allSettled([write([aWrite('a')]), write([aWrite('b')])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
