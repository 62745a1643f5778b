import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { MessageHolder } from '../../../core/ports.ts';
import { chunksOf } from './back-off.ts';

/** Messages received from one queue. */
export class SqsMessageHolder implements MessageHolder {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /** A refused change is left: the message comes back when its visibility runs out, and is judged anew. */
  async putBack(
    messages: readonly { readonly receiptHandle: string; readonly delaySeconds: number }[],
  ): Promise<void> {
    await Promise.allSettled(chunksOf(messages, 10).map((part) => this.#change(part)));
  }

  async #change(messages: readonly { receiptHandle: string; delaySeconds: number }[]): Promise<void> {
    const entries = messages.map(({ receiptHandle, delaySeconds }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: delaySeconds,
    }));
    await this.#client.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#queueUrl, Entries: entries }),
    );
  }
}
