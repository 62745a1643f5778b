import type { SQSClient } from '@aws-sdk/client-sqs';
import type { RedoSender } from '../../../core/ports.ts';
import type { BackOff } from './back-off.ts';
import { sendEntries } from './send-entries.ts';

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
    const entries = taskIds.map((task_id) => ({ MessageBody: JSON.stringify({ task_id }) }));
    const sent = await sendEntries(this.#deps.client, this.#deps, this.#deps.queueUrl, entries);
    const unsent = taskIds.filter((_, index) => sent[index] !== true);
    if (unsent.length > 0) throw new Error(`the redo queue did not take ${unsent.join(', ')}`);
  }
}
