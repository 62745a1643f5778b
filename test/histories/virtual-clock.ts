import type { Clock } from '../../core/ports.ts';

/** A clock that only commands move; what waits goes on at once. */
export class VirtualClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 21, 10);

  nowMs = (): number => this.#nowMs;
  monotonicMs = (): number => this.#nowMs;
  wait = async (): Promise<void> => undefined;

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
