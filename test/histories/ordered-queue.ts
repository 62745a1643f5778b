import type { MessageHolder, MessageRemover, OutgoingMessage, ReceivedMessage } from '../../core/ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

interface Message {
  readonly id: string;
  readonly task_id: string;
  readonly generation: number;
  readonly group: string;
  visibleAtMs: number;
  receives: number;
  handle: string;
}

/** As long as a batch's executor may run. */
const VISIBILITY_MS = 90_000;
/** SQS takes one message of a deduplication id in five minutes. */
const DEDUPLICATED_MS = 300_000;

/**
 * The FIFO queue of ordered tasks: while a message of a group is hidden, nothing of that group is handed out; a
 * receipt handle opens nothing once its message is shown again. It has no dead letters.
 */
export class OrderedQueue implements MessageHolder, MessageRemover {
  readonly #clock: VirtualClock;
  readonly #takenAtMs = new Map<string, number>();
  messages: Message[] = [];
  #serial = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  send(messages: readonly OutgoingMessage[]): void {
    const nowMs = this.#clock.nowMs();
    for (const { task_id, generation, group, delaySeconds } of messages) {
      if (delaySeconds !== 0) throw new Error(`a FIFO queue takes no delay of ${delaySeconds} s`);
      const name = `${task_id}:${generation}`;
      const takenAtMs = this.#takenAtMs.get(name);
      if (takenAtMs !== undefined && nowMs - takenAtMs < DEDUPLICATED_MS) continue;
      this.#takenAtMs.set(name, nowMs);
      this.#serial += 1;
      const id = `o${this.#serial}`;
      this.messages.push({ id, task_id, generation, group, visibleAtMs: 0, receives: 0, handle: '' });
    }
  }

  /** Hands out up to so many, each group's in its order. */
  receive(count: number): readonly ReceivedMessage[] {
    const nowMs = this.#clock.nowMs();
    const locked = new Set(this.messages.filter((one) => this.#isHidden(one)).map(({ group }) => group));
    return this.messages
      .filter(({ group }) => !locked.has(group))
      .slice(0, count)
      .map((message) => {
        message.receives += 1;
        message.visibleAtMs = nowMs + VISIBILITY_MS;
        message.handle = `${message.id}#${message.receives}`;
        const { id, handle, task_id, generation, receives, group } = message;
        return { messageId: id, receiptHandle: handle, task_id, generation, receives, group };
      });
  }

  async putBack(
    messages: readonly { readonly receiptHandle: string; readonly delaySeconds: number }[],
  ): Promise<void> {
    for (const { receiptHandle, delaySeconds } of messages) {
      const message = this.messages.find(({ handle }) => handle === receiptHandle);
      if (message !== undefined && this.#isHidden(message))
        message.visibleAtMs = this.#clock.nowMs() + delaySeconds * 1000;
    }
  }

  /** Deletes what a receiver did not report as failed. */
  async acknowledge(received: readonly ReceivedMessage[], failedIds: readonly string[]): Promise<void> {
    await this.remove(received.filter(({ messageId }) => !failedIds.includes(messageId)));
  }

  async remove(messages: readonly { readonly receiptHandle: string }[]): Promise<void> {
    const done = new Set(messages.map(({ receiptHandle }) => receiptHandle));
    this.messages = this.messages.filter((one) => !(done.has(one.handle) && this.#isHidden(one)));
  }

  #isHidden({ visibleAtMs }: Message): boolean {
    return visibleAtMs > this.#clock.nowMs();
  }
}
