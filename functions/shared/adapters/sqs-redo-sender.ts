import type { SQSClient } from '@aws-sdk/client-sqs';
import type { RedoSender } from '../../../core/ports.ts';
import type { BackOff } from './back-off.ts';
import { sendEntries } from './send-entries.ts';

/** What the redo queue carries: a task to be looked at again, or what is left of one that is gone. */
export type RedoMessage = { readonly task_id: string } | { readonly objects: string };

export interface SqsRedoSenderDeps extends BackOff {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** The redo queue: tasks whose follow-ups keep failing. */
export class SqsRedoSender implements RedoSender {
  readonly #deps: SqsRedoSenderDeps;

  constructor(deps: SqsRedoSenderDeps) {
    this.#deps = deps;
  }

  async send(taskIds: readonly string[]): Promise<void> {
    await this.#send(taskIds.map((task_id) => ({ task_id })));
  }

  async sendRemovals(prefixes: readonly string[]): Promise<void> {
    await this.#send(prefixes.map((objects) => ({ objects })));
  }

  async #send(messages: readonly RedoMessage[]): Promise<void> {
    const bodies = messages.map((message) => JSON.stringify(message));
    const entries = bodies.map((MessageBody) => ({ MessageBody }));
    const sent = await sendEntries(this.#deps.client, this.#deps, this.#deps.queueUrl, entries);
    const unsent = bodies.filter((_, index) => sent[index] !== true);
    if (unsent.length > 0) throw new Error(`the redo queue did not take ${unsent.join(', ')}`);
  }
}
