import type { LaneMessage } from '../../core/claim.ts';
import type { LaneSender, MessageHolder, OutgoingMessage, ReceivedMessage } from '../../core/ports.ts';
import { ORDERED_QUEUE } from '../../core/queue-name.ts';
import { OrderedQueue } from './ordered-queue.ts';
import type { VirtualClock } from './virtual-clock.ts';

interface Message {
  readonly id: string;
  readonly task_id: string;
  readonly generation: number;
  visibleAtMs: number;
  receives: number;
  handle: string;
  isDead: boolean;
  readonly wake: boolean;
}

/** Receives after which a message is a dead letter. */
const MAX_RECEIVES = 12;
export const VISIBILITY_MS = 90_000;

/**
 * The lanes' queues as SQS has them: in no order, at least once, with dead letters; and the ordered queue beside them.
 */
export class Queues implements LaneSender, MessageHolder {
  readonly #clock: VirtualClock;
  readonly ordered: OrderedQueue;
  #messages: Message[] = [];
  #serial = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.ordered = new OrderedQueue(clock);
  }

  async send(messages: readonly OutgoingMessage[]): Promise<readonly boolean[]> {
    this.ordered.send(messages.filter(({ queue }) => queue === ORDERED_QUEUE));
    for (const { task_id, generation, delaySeconds, queue, wake = false } of messages) {
      if (queue === ORDERED_QUEUE) continue;
      if (delaySeconds < 0 || delaySeconds > 900) throw new Error(`SQS takes no delay of ${delaySeconds} s`);
      this.#put({ task_id, generation, wake, visibleAtMs: this.#clock.nowMs() + delaySeconds * 1000 });
    }
    return messages.map(() => true);
  }

  #put(message: Pick<Message, 'task_id' | 'generation' | 'visibleAtMs' | 'wake'>): void {
    this.#serial += 1;
    this.#messages.push({ ...message, id: `m${this.#serial}`, receives: 0, handle: '', isDead: false });
  }

  /** Hands out up to so many of the messages that show, beginning with any. */
  receive(count: number, from: number, dead: boolean): readonly ReceivedMessage[] {
    const nowMs = this.#clock.nowMs();
    const visible = this.#messages.filter((one) => one.isDead === dead && one.visibleAtMs <= nowMs);
    const start = visible.length === 0 ? 0 : from % visible.length;
    const chosen = [...visible.slice(start), ...visible.slice(0, start)].slice(0, count);
    return chosen.flatMap((message) => {
      if (!dead && message.receives >= MAX_RECEIVES) {
        message.isDead = true;
        message.receives = 0;
        return [];
      }
      message.receives += 1;
      message.visibleAtMs = nowMs + VISIBILITY_MS;
      message.handle = `${message.id}#${message.receives}`;
      const { id, handle, task_id, generation, receives, wake } = message;
      const received = { messageId: id, receiptHandle: handle, task_id, generation, receives };
      return [wake ? { ...received, wake } : received];
    });
  }

  async putBack(
    messages: readonly { readonly receiptHandle: string; readonly delaySeconds: number }[],
  ): Promise<void> {
    for (const { receiptHandle, delaySeconds } of messages) {
      const message = this.#messages.find(({ handle }) => handle === receiptHandle);
      if (message !== undefined) message.visibleAtMs = this.#clock.nowMs() + delaySeconds * 1000;
    }
  }

  /** Deletes what a receiver did not report as failed. */
  acknowledge(received: readonly ReceivedMessage[], failedIds: readonly string[]): void {
    const done = new Set(received.map(({ messageId }) => messageId).filter((id) => !failedIds.includes(id)));
    this.#messages = this.#messages.filter(({ id }) => !done.has(id));
  }

  /** SQS delivers one of its messages twice. */
  duplicate(which: number): void {
    const message = this.#messages[which % Math.max(this.#messages.length, 1)];
    if (message !== undefined) this.#put({ ...message, visibleAtMs: this.#clock.nowMs() });
  }

  /** Whether a message will bring a task back in its present generation. */
  wakes(taskId: string, generation: number): boolean {
    const isIts = (one: LaneMessage) => one.task_id === taskId && one.generation === generation;
    return this.#messages.some(isIts) || this.ordered.messages.some(isIts);
  }

  /** When the next message that is hidden shows. */
  get nextVisibleAtMs(): number | undefined {
    const all = [...this.#messages, ...this.ordered.messages];
    const moments = all.map(({ visibleAtMs }) => visibleAtMs);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }
}
