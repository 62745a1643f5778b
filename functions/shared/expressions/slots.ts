/** Places that at most so many may hold at once; the others wait in line. */
export interface Slots {
  /** Resolves when a place is free; gives up the wait, throwing the signal's reason, when the signal aborts. */
  take(signal: AbortSignal): Promise<void>;
  /** Gives the place to whoever waits longest. */
  give(): void;
}

export function createSlots(count: number): Slots {
  const waiting = new Set<() => void>();
  let free = count;
  return {
    take: (signal) => {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const abort = () => {
          waiting.delete(taken);
          reject(signal.reason);
        };
        const taken = () => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        waiting.add(taken);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
    give: () => {
      const [next] = waiting;
      if (next === undefined) {
        free += 1;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
