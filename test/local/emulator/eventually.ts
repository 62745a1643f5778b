import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 50;

/** Repeats an attempt until it no longer throws; when the time is up, throws what it threw last. */
export const eventually = async <T>(withinMs: number, attempt: () => Promise<T>): Promise<T> => {
  const giveUpAtMs = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error;
      await pause(pollMs);
    }
  }
};
