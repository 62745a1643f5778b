import type { SQSClient } from '@aws-sdk/client-sqs';
import { LANES } from '../../../core/lane.ts';
import type { LaneSender, OutgoingMessage } from '../../../core/ports.ts';
import { ORDERED_QUEUE } from '../../../core/queue-name.ts';
import { encodeLaneMessage } from '../lane-message.ts';
import type { BackOff } from './back-off.ts';
import { type Entry, sendEntries } from './send-entries.ts';
import { sendInRounds } from './send-in-rounds.ts';

export interface SqsLaneSenderDeps extends BackOff {
  readonly client: SQSClient;
  /** By the queues' names. */
  readonly queueUrls: Readonly<Record<string, string>>;
}

/** A message, and where its answer belongs. */
interface Placed {
  readonly message: OutgoingMessage;
  readonly place: number;
}

/** The lanes' queues. */
export class SqsLaneSender implements LaneSender {
  readonly #deps: SqsLaneSenderDeps;

  constructor(deps: SqsLaneSenderDeps) {
    this.#deps = deps;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<readonly boolean[]> {
    const sent = messages.map(() => false);
    const placed = messages.map((message, place): Placed => ({ message, place }));
    const isOrdered = ({ message }: Placed) => message.queue === ORDERED_QUEUE;
    // The order of a key knows no lanes: all of its messages go together.
    const ordered = this.#sendTo(ORDERED_QUEUE, placed.filter(isOrdered), sent);
    for (const lane of LANES) {
      const ofLane = placed.filter((one) => one.message.lane === lane && !isOrdered(one));
      const byQueue = Map.groupBy(ofLane, ({ message }) => message.queue);
      await Promise.all([...byQueue].map(([queue, part]) => this.#sendTo(queue, part, sent)));
    }
    await ordered;
    return sent;
  }

  /** A queue that this deployment does not have, of a pool that is no longer configured, takes nothing. */
  async #sendTo(queue: string, placed: readonly Placed[], sent: boolean[]): Promise<void> {
    const url = this.#deps.queueUrls[queue];
    if (url === undefined || placed.length === 0) return;
    const messages = placed.map(({ message }) => message);
    const outcomes =
      queue === ORDERED_QUEUE
        ? await this.#sendInOrder(url, messages)
        : await sendEntries(this.#deps.client, this.#deps, url, messages.map(entryOf));
    for (const [index, { place }] of placed.entries()) sent[place] = outcomes[index] === true;
  }

  async #sendInOrder(url: string, messages: readonly OutgoingMessage[]): Promise<readonly boolean[]> {
    const { client, clock } = this.#deps;
    return await sendInRounds(messages, clock, async (round) =>
      sendEntries(client, this.#deps, url, round.map(orderedEntryOf)),
    );
  }
}

/** The group makes the queue a fair one. */
function entryOf(message: OutgoingMessage): Entry {
  return {
    MessageBody: encodeLaneMessage(message),
    DelaySeconds: message.delaySeconds,
    MessageGroupId: message.group,
  };
}

/** A FIFO queue refuses a message's own delay, and takes one message of a generation in five minutes. */
function orderedEntryOf(message: OutgoingMessage): Entry {
  return {
    MessageBody: encodeLaneMessage(message),
    MessageGroupId: message.group,
    MessageDeduplicationId: `${message.task_id}:${message.generation}`,
  };
}
