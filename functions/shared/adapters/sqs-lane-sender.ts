import type { SQSClient } from '@aws-sdk/client-sqs';
import { LANES, type Lane } from '../../../core/lane.ts';
import type { LaneSender, OutgoingMessage } from '../../../core/ports.ts';
import { encodeLaneMessage } from '../lane-message.ts';
import type { BackOff } from './back-off.ts';
import { sendEntries } from './send-entries.ts';

export interface SqsLaneSenderDeps extends BackOff {
  readonly client: SQSClient;
  readonly queueUrls: Readonly<Record<Lane, string>>;
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
      const places = messages.flatMap((message, place) =>
        message.lane === lane ? [{ message, place }] : [],
      );
      if (places.length === 0) continue;
      const entries = places.map(({ message }) => ({
        MessageBody: encodeLaneMessage(message),
        DelaySeconds: message.delaySeconds,
      }));
      const outcomes = await sendEntries(this.#deps.client, this.#deps, this.#deps.queueUrls[lane], entries);
      places.forEach(({ place }, index) => {
        sent[place] = outcomes[index] === true;
      });
    }
    return sent;
  }
}
