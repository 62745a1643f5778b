import type { Clock } from '../../core/ports.ts';

/** A clock that stands still until it is moved; waiting moves it. */
export class FixedClock implements Clock {
  #nowMs: number;

  constructor(nowMs = Date.UTC(2026, 10, 21, 10)) {
    this.#nowMs = nowMs;
  }

  nowMs = (): number => this.#nowMs;
  monotonicMs = (): number => this.#nowMs;

  wait = async (ms: number): Promise<void> => {
    this.advance(ms);
  };

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
