import { expect, it } from 'vitest';
import { sendInRounds } from '../../../../functions/shared/adapters/send-in-rounds.ts';
import { FixedClock } from '../../../support/fixed-clock.ts';

const messages = ['a1', 'a2', 'b1', 'a3', 'b2'].map((name) => ({ name, group: name.charAt(0) }));

it('sends nothing of nothing', async () => {
  const fail = async () => Promise.reject(new Error('nothing is to be sent'));
  expect(await sendInRounds([], new FixedClock(), fail)).toEqual([]);
});

it('answers at the place of each message, whatever its round', async () => {
  const rounds: string[][] = [];
  const sent = await sendInRounds(messages, new FixedClock(), async (round) => {
    rounds.push(round.map(({ name }) => name));
    return round.map(({ name }) => name !== 'a2');
  });
  expect(rounds).toEqual([
    ['a1', 'b1'],
    ['a2', 'b2'],
  ]);
  expect(sent).toEqual([true, false, true, false, true]);
});

it('begins no round once its time is over: the nets see to the rest', async () => {
  const clock = new FixedClock();
  const sent = await sendInRounds(messages, clock, async (round) => {
    clock.advance(8000);
    return round.map(() => true);
  });
  expect(sent).toEqual([true, true, true, false, true]);
});
