import type { MessageHolder, MessageRemover, ReceivedMessage } from '../ports.ts';
import type { Fate } from './message-fate.ts';
import type { WatchDeps } from './watch-attempts.ts';

export interface ChainDeps extends Pick<WatchDeps, 'every'> {
  readonly messages: MessageHolder;
  readonly remover: MessageRemover;
  /** Whether the invocation has time left for one more attempt. */
  readonly hasTime: () => boolean;
}

/** What follows for the messages behind another in its group, by what becomes of that one. */
export type ChainStep =
  /** It is done: the next may be claimed. */
  | { readonly kind: 'next' }
  /** It stays in the queue, and so do they, for as long. */
  | { readonly kind: 'put_back'; readonly delaySeconds: number }
  /** It is left alone, and so are they. */
  | { readonly kind: 'leave' };

/** Whatever leaves a message in the ordered queue leaves all behind it in its group there too. */
export function chainStep(fate: Fate): ChainStep {
  switch (fate.kind) {
    case 'acknowledge':
      return { kind: 'next' };
    case 'put_back':
      return fate;
    case 'report':
      return { kind: 'leave' };
  }
}

/** How often messages that are done with are deleted while others of the batch still run. */
const REMOVE_EVERY_MS = 1000;

/** Seconds after which a message that was not begun may be received again. */
const UNBEGUN_DELAY_SECONDS = 1;

/** The messages of a batch by their groups, each group at the first that has no fate yet. */
export class OrderedChains {
  /** The first message of each group. */
  readonly heads: readonly ReceivedMessage[];
  readonly #deps: ChainDeps;
  /** What is behind each message that is being worked on. */
  readonly #behind = new Map<ReceivedMessage, readonly ReceivedMessage[]>();
  readonly #kept: Set<ReceivedMessage>;
  #done: ReceivedMessage[] = [];
  #isClosed = false;

  constructor(deps: ChainDeps, messages: readonly ReceivedMessage[]) {
    this.#deps = deps;
    this.#kept = new Set(messages);
    const chains = Map.groupBy(messages, ({ group, task_id }) => group ?? task_id);
    this.heads = [...chains.values()].flatMap(([head, ...behind]) => {
      if (head === undefined) return [];
      this.#behind.set(head, behind);
      return [head];
    });
  }

  /** Ids of the messages that stay in the queue. */
  get keptIds(): readonly string[] {
    return [...this.#kept].map(({ messageId }) => messageId);
  }

  /**
   * From now on, until what it returns is called, messages that are done with are deleted as they become so: Lambda
   * deletes them at the end of the batch, and until then SQS hands out nothing more of their group.
   */
  removeAsDone(): () => void {
    return this.#deps.every(REMOVE_EVERY_MS, () => void this.#removeDone());
  }

  /** Notes what becomes of a group's message, and returns the one to be claimed next, if any is. */
  async settle(message: ReceivedMessage, fate: Fate): Promise<ReceivedMessage | undefined> {
    const behind = this.#behind.get(message) ?? [];
    this.#behind.delete(message);
    const step = chainStep(fate);
    switch (step.kind) {
      case 'leave':
        return undefined;
      case 'put_back':
        await this.#putBack([message, ...behind], step.delaySeconds);
        return undefined;
      case 'next':
        this.#kept.delete(message);
        this.#done.push(message);
        return await this.#next(behind);
    }
  }

  /** Puts back every message that was not begun: from now on none is. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const unbegun = [...this.#behind.values()].flat();
    for (const begun of this.#behind.keys()) this.#behind.set(begun, []);
    await this.#putBack(unbegun, UNBEGUN_DELAY_SECONDS);
  }

  async #next([next, ...behind]: readonly ReceivedMessage[]): Promise<ReceivedMessage | undefined> {
    if (next === undefined) return undefined;
    if (this.#isClosed || !this.#deps.hasTime()) {
      await this.#putBack([next, ...behind], UNBEGUN_DELAY_SECONDS);
      return undefined;
    }
    this.#behind.set(next, behind);
    return next;
  }

  async #putBack(messages: readonly ReceivedMessage[], delaySeconds: number): Promise<void> {
    if (messages.length === 0) return;
    await this.#deps.messages.putBack(messages.map(({ receiptHandle }) => ({ receiptHandle, delaySeconds })));
  }

  async #removeDone(): Promise<void> {
    const done = this.#done;
    this.#done = [];
    if (done.length > 0) await this.#deps.remover.remove(done);
  }
}
