import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks again until the look gives something other than undefined or false, and returns it. Throws with what was
 * awaited, and what `tell` has to say of it, when it takes longer than the limit.
 */
export async function until<T>(
  awaited: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 60_000, everyMs = 100, tell = (): string => '' } = {},
): Promise<T> {
  const giveUpAtMs = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAtMs)
      throw new Error(`still waiting for ${awaited} after ${withinMs} ms${tell()}`);
    await pause(everyMs);
  }
}
