import type { ReleaseMessage, ReleaseSender } from '../../core/release-message.ts';

/** The queue of the release function, in memory: what was sent, in order. */
export class InMemoryReleaseQueue implements ReleaseSender {
  readonly sent: ReleaseMessage[] = [];
  /** Whether messages are taken. */
  accepts = true;

  async send(messages: readonly ReleaseMessage[]): Promise<readonly boolean[]> {
    if (this.accepts) this.sent.push(...messages);
    return messages.map(() => this.accepts);
  }
}
