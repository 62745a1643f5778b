import type { SQSClient } from '@aws-sdk/client-sqs';
import { LANES } from '../../../core/lane.ts';
import type { LaneSender, OutgoingMessage } from '../../../core/ports.ts';
import { encodeLaneMessage } from '../lane-message.ts';
import type { BackOff } from './back-off.ts';
import { sendEntries } from './send-entries.ts';

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
    for (const lane of LANES) {
      const byQueue = new Map<string, Placed[]>();
      for (const [place, message] of messages.entries()) {
        if (message.lane !== lane) continue;
        const same = byQueue.get(message.queue);
        if (same === undefined) byQueue.set(message.queue, [{ message, place }]);
        else same.push({ message, place });
      }
      await Promise.all([...byQueue].map(([queue, placed]) => this.#sendTo(queue, placed, sent)));
    }
    return sent;
  }

  /** A queue that this deployment does not have, of a pool that is no longer configured, takes nothing. */
  async #sendTo(queue: string, placed: readonly Placed[], sent: boolean[]): Promise<void> {
    const url = this.#deps.queueUrls[queue];
    if (url === undefined) return;
    const entries = placed.map(({ message }) => ({
      MessageBody: encodeLaneMessage(message),
      DelaySeconds: message.delaySeconds,
    }));
    const outcomes = await sendEntries(this.#deps.client, this.#deps, url, entries);
    for (const [index, { place }] of placed.entries()) sent[place] = outcomes[index] === true;
  }
}
