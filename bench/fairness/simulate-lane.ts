import { FairQueue, type QueuedMessage } from './fair-queue.ts';

/** Executors that serve a lane. */
export interface Capacity {
  readonly executors: number;
  readonly batchSize: number;
  /** Milliseconds that a batch takes on average, from half to one and a half times as much: its tasks run side by side. */
  readonly batchMs: number;
}

/** A message, and when an executor got it. */
export interface Served {
  readonly message: QueuedMessage;
  readonly waitedMs: number;
}

interface Work {
  readonly freeAtMs: number;
  readonly tookMs: number;
  readonly batch: readonly QueuedMessage[];
}

/** Serves messages (sorted by the time of their sending) until none is left, by a fair queue or one that is not. */
export function simulateLane(
  messages: readonly QueuedMessage[],
  { executors, batchSize, batchMs }: Capacity,
  isFair: boolean,
): readonly Served[] {
  const queue = new FairQueue({ isFair });
  const served: Served[] = [];
  /** When each executor is free again, and what it then has done. */
  let working: Work[] = [];
  const random = sequence();
  let sent = 0;
  let nowMs = 0;
  while (served.length < messages.length) {
    for (; (messages[sent]?.sentAtMs ?? Number.POSITIVE_INFINITY) <= nowMs; sent += 1) {
      const message = messages[sent];
      if (message !== undefined) queue.send(message);
    }
    for (const { freeAtMs, tookMs, batch } of working)
      if (freeAtMs <= nowMs) for (const message of batch) queue.delete(message, nowMs, tookMs);
    working = working.filter(({ freeAtMs }) => freeAtMs > nowMs);
    while (working.length < executors) {
      const batch = queue.receive(batchSize, nowMs);
      if (batch.length === 0) break;
      const tookMs = Math.ceil(batchMs * (0.5 + random()));
      working.push({ freeAtMs: nowMs + tookMs, tookMs, batch });
      for (const message of batch) served.push({ message, waitedMs: nowMs - message.sentAtMs });
    }
    const next = [
      messages[sent]?.sentAtMs ?? Number.POSITIVE_INFINITY,
      ...working.map(({ freeAtMs }) => freeAtMs),
    ];
    nowMs = Math.min(...next);
  }
  return served;
}

/** Numbers from [0, 1), the same each time: a linear congruential generator (Numerical Recipes). */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
