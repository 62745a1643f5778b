import type { Clock } from '../../../core/ports.ts';

/** How an adapter repeats what a service did not take: throttled statements, unprocessed items, failed entries. */
export interface BackOff {
  readonly clock: Clock;
  /** From [0, 1). */
  readonly random: () => number;
}

/** Tries of one call's leftovers: waits of up to 50, 100, 200 and 400 ms lie between five. */
export const MAX_TRIES = 5;

/** Waits before the try after the `tries`-th: full jitter over 50 ms doubled each time. */
export async function waitBeforeRetry({ clock, random }: BackOff, tries: number): Promise<void> {
  await clock.wait(Math.round(random() * 50 * 2 ** (tries - 1)));
}

/** Parts of at most `size`, in order. */
export function chunksOf<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}
