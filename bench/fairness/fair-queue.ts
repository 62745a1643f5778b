/** A message of a standard queue. Times in milliseconds of the simulation. */
export interface QueuedMessage {
  readonly group: string;
  readonly sentAtMs: number;
}

/** What SQS knows of a message group, its tenant. */
interface Group {
  readonly backlog: QueuedMessage[];
  /** The place of its oldest message. */
  first: number;
  inFlight: number;
  lastSentAtMs: number;
  isNoisy: boolean;
  /** Milliseconds that its messages took, by the minute's slice in which they ended. */
  readonly taken: Map<number, number>;
}

/**
 * The thresholds that AWS publishes ("How Amazon SQS fair queues work",
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html): a group is
 * noisy from more than 10 % of what is in flight and 30 of its own in flight on, or from more than 10 % of the recent
 * processing time on; it is quiet again when its backlog is consumed, or when it has sent nothing for five minutes.
 */
const NOISY_SHARE = 0.1;
const NOISY_IN_FLIGHT = 30;
const QUIET_AFTER_MS = 5 * 60_000;

/** What "recent" is, AWS does not say: a minute here, in slices of a second. */
const RECENT_MS = 60_000;
const SLICE_MS = 1000;

/**
 * A standard queue, as far as fairness goes: it hands out the oldest message; a fair one the oldest of the quiet groups,
 * and where there is none, one of the noisy group with the fewest in flight.
 */
export class FairQueue {
  readonly #isFair: boolean;
  readonly #groups = new Map<string, Group>();
  #inFlight = 0;

  constructor({ isFair }: { readonly isFair: boolean }) {
    this.#isFair = isFair;
  }

  send(message: QueuedMessage): void {
    const group = this.#groupOf(message.group);
    group.backlog.push(message);
    group.lastSentAtMs = message.sentAtMs;
  }

  /** Hands out up to so many messages. */
  receive(most: number, nowMs: number): readonly QueuedMessage[] {
    this.#judge(nowMs);
    const received: QueuedMessage[] = [];
    while (received.length < most) {
      const group = this.#next();
      const message = group?.backlog[group.first];
      if (group === undefined || message === undefined) break;
      group.first += 1;
      group.inFlight += 1;
      this.#inFlight += 1;
      received.push(message);
    }
    return received;
  }

  /** A message was worked on, for so long. */
  delete({ group: name }: QueuedMessage, nowMs: number, tookMs: number): void {
    const group = this.#groupOf(name);
    group.inFlight -= 1;
    this.#inFlight -= 1;
    const slice = Math.floor(nowMs / SLICE_MS);
    group.taken.set(slice, (group.taken.get(slice) ?? 0) + tookMs);
  }

  #groupOf(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = {
      backlog: [],
      first: 0,
      inFlight: 0,
      lastSentAtMs: 0,
      isNoisy: false,
      taken: new Map<number, number>(),
    };
    this.#groups.set(name, group);
    return group;
  }

  #judge(nowMs: number): void {
    if (!this.#isFair) return;
    const oldest = Math.floor((nowMs - RECENT_MS) / SLICE_MS);
    const recent = [...this.#groups.values()].map((group) => ({ group, tookMs: recentOf(group, oldest) }));
    const allMs = recent.reduce((sum, { tookMs }) => sum + tookMs, 0);
    for (const { group, tookMs } of recent) {
      const isMany = group.inFlight >= NOISY_IN_FLIGHT && group.inFlight > NOISY_SHARE * this.#inFlight;
      if (isMany || tookMs > NOISY_SHARE * allMs) group.isNoisy = true;
      const isConsumed = group.first === group.backlog.length;
      if (isConsumed || nowMs - group.lastSentAtMs >= QUIET_AFTER_MS) group.isNoisy = false;
    }
  }

  #next(): Group | undefined {
    const waiting = [...this.#groups.values()].filter(({ first, backlog }) => first < backlog.length);
    const quiet = waiting.filter(({ isNoisy }) => !isNoisy);
    return quiet.length > 0
      ? least(quiet, ({ backlog, first }) => backlog[first]?.sentAtMs ?? 0)
      : least(waiting, ({ inFlight }) => inFlight);
  }
}

function recentOf({ taken }: Group, oldest: number): number {
  let tookMs = 0;
  for (const [slice, ms] of taken) {
    if (slice < oldest) taken.delete(slice);
    else tookMs += ms;
  }
  return tookMs;
}

function least<T>(values: readonly T[], measure: (value: T) => number): T | undefined {
  return values.reduce<T | undefined>(
    (best, next) => (best === undefined || measure(next) < measure(best) ? next : best),
    undefined,
  );
}
