/** A message that was sent to a queue. */
export interface SentMessage {
  readonly body: string;
  readonly delaySeconds: number;
}

/** Queues that only collect; they come to be with the first message. */
export class StubQueues {
  readonly #sent = new Map<string, SentMessage[]>();

  send(queueUrl: string, message: SentMessage): void {
    const sent = this.#sent.get(queueUrl);
    if (sent === undefined) this.#sent.set(queueUrl, [message]);
    else sent.push(message);
  }

  /** What was sent since the last time, by queue URL. */
  take(): Readonly<Record<string, readonly SentMessage[]>> {
    const sent = Object.fromEntries(this.#sent);
    this.#sent.clear();
    return sent;
  }
}
