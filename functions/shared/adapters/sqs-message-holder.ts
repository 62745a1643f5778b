import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { MessageHolder, MessageRemover } from '../../../core/ports.ts';
import { chunksOf } from './back-off.ts';

/** Messages received from one queue. */
export class SqsMessageHolder implements MessageHolder, MessageRemover {
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

  async remove(messages: readonly { readonly receiptHandle: string }[]): Promise<void> {
    await Promise.allSettled(chunksOf(messages, 10).map((part) => this.#delete(part)));
  }

  async #delete(messages: readonly { receiptHandle: string }[]): Promise<void> {
    const entries = messages.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }));
    await this.#client.send(new DeleteMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries: entries }));
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
