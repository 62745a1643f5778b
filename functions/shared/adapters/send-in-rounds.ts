import type { Clock } from '../../../core/ports.ts';

/** A message of a group whose order is kept. */
export interface Grouped {
  readonly group: string;
}

/**
 * Milliseconds after which no further round begins. A batch of 500 tasks of one key takes 500 rounds of some 10 ms;
 * where SQS is slower, whoever sends must end before API Gateway gives up after 30 s, and before its own time-out.
 */
const SEND_MS = 15_000;

/**
 * Sends messages in rounds, each with the next one of every group, so that no answer for a message leaves it behind
 * one of its group that was sent later: SendMessageBatch may take the second of two and refuse the first. A group stops
 * at the first message that is not confirmed. False stands for it and for all behind it.
 */
export async function sendInRounds<Message extends Grouped>(
  messages: readonly Message[],
  clock: Pick<Clock, 'monotonicMs'>,
  sendRound: (round: readonly Message[]) => Promise<readonly boolean[]>,
): Promise<readonly boolean[]> {
  const sent = messages.map(() => false);
  const endMs = clock.monotonicMs() + SEND_MS;
  let groups = [...Map.groupBy(messages.keys(), (place) => messages[place]?.group).values()];
  while (groups.length > 0 && clock.monotonicMs() < endMs) {
    const places = groups.flatMap((group) => group.slice(0, 1));
    const outcomes = await sendRound(places.flatMap((place) => messages[place] ?? []));
    for (const [index, place] of places.entries()) sent[place] = outcomes[index] === true;
    groups = groups.filter(([place]) => place !== undefined && sent[place]).map((group) => group.slice(1));
    groups = groups.filter(({ length }) => length > 0);
  }
  return sent;
}
