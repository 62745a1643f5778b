import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ReleaseMessage, ReleaseSender } from '../../../core/release-message.ts';
import { encodeReleaseMessage } from '../release-message.ts';
import type { BackOff } from './back-off.ts';
import { sendEntries } from './send-entries.ts';

export interface SqsReleaseSenderDeps extends BackOff {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** The queue of the release function. */
export class SqsReleaseSender implements ReleaseSender {
  readonly #deps: SqsReleaseSenderDeps;

  constructor(deps: SqsReleaseSenderDeps) {
    this.#deps = deps;
  }

  async send(messages: readonly ReleaseMessage[]): Promise<readonly boolean[]> {
    const entries = messages.map((message) => ({ MessageBody: encodeReleaseMessage(message) }));
    return await sendEntries(this.#deps.client, this.#deps, this.#deps.queueUrl, entries);
  }
}
