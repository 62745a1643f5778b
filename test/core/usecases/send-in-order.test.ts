import { expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../core/ports.ts';
import type { Submission } from '../../../core/submission.ts';
import { sendInOrder } from '../../../core/usecases/send-in-order.ts';
import type { Stored } from '../../../core/usecases/store-submissions.ts';
import { aRow, claimed } from '../../support/builders.ts';

const stored = (key?: string): Stored => ({
  kind: 'new',
  row: aRow(key === undefined ? {} : { ordering_key: key }),
});
const lost: Stored = { kind: 'unconfirmed', reason: 'timeout' };

/** Sends `members`, each a key and what was stored of it; `answer` is what the queue says of each message. */
async function send(
  members: readonly (readonly [key: string | undefined, stored: Stored])[],
  answer: (message: OutgoingMessage) => boolean = () => true,
) {
  const sent: string[] = [];
  const lanes = {
    send: async (messages: readonly OutgoingMessage[]) => {
      sent.push(...messages.map(({ task_id }) => task_id));
      return messages.map(answer);
    },
  };
  const submissions = members.map(([ordering_key]): Submission => {
    const submission: Submission = { type: 'agent', payload: '{}' };
    return ordering_key === undefined ? submission : { ...submission, ordering_key };
  });
  const rows = members.map(([, one]) => one);
  return { sent, unsent: await sendInOrder({ lanes }, submissions, rows) };
}

const idOf = (one: Stored) => ('row' in one ? one.row.task_id : undefined);

it('sends ordered tasks in the order of their submissions, and calls nothing for others', async () => {
  const [a, b, plain] = [stored('a'), stored('b'), stored()];
  expect(await send([[undefined, plain]])).toEqual({ sent: [], unsent: 0 });
  expect(
    await send([
      ['b', b],
      [undefined, plain],
      ['a', a],
    ]),
  ).toEqual({ sent: [idOf(b), idOf(a)], unsent: 0 });
});

it('sends none of a key behind a member that is not stored for certain', async () => {
  const [a, other] = [stored('a'), stored('b')];
  const answer = await send([
    ['a', lost],
    ['a', a],
    ['b', other],
  ]);
  expect(answer).toEqual({ sent: [idOf(other)], unsent: 1 });
});

it('counts what the queue did not confirm, all of it where the call itself failed', async () => {
  const [a, b] = [stored('a'), stored('b')];
  const both = [
    ['a', a],
    ['b', b],
  ] as const;
  expect((await send(both, ({ task_id }) => task_id === idOf(a))).unsent).toBe(1);
  const failing = async () => await Promise.reject(new Error('SQS is down'));
  const submissions = both.map(([ordering_key]): Submission => ({ type: 'x', payload: '{}', ordering_key }));
  expect(await sendInOrder({ lanes: { send: failing } }, submissions, [a, b])).toBe(2);
});

it('leaves a task alone that was claimed before its submission came again', async () => {
  const again: Stored = { kind: 'present', row: claimed(aRow({ ordering_key: 'a' })) };
  expect(await send([['a', again]])).toEqual({ sent: [], unsent: 0 });
});
