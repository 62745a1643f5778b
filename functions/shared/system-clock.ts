import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../core/ports.ts';

/** The machine's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  wait: (ms) => setTimeout(ms),
};
