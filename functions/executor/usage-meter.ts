import type { AttemptUsage } from '../../core/attempt-result.ts';

/** What a process has used so far. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly maxMemoryMb: number;
}

/** The running process, from the kernel's own books. */
export function processUsage(): ProcessUsage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, maxMemoryMb: maxRSS / 1024 };
}

/**
 * Divides the CPU of one process among the attempts that run in it side by side.
 *
 * `#share` is the CPU that an attempt running since the beginning would have got: at each start and stop it
 * grows by the CPU used since then, divided by the attempts that ran. An attempt's CPU is the share's growth
 * while it ran, so the parts add up to the whole.
 */
export class UsageMeter {
  readonly #read: () => ProcessUsage;
  #share = 0;
  #running = 0;
  #lastCpuMs = 0;

  constructor(read: () => ProcessUsage = processUsage) {
    this.#read = read;
  }

  /** Begins to measure an attempt; the answer ends it and tells what it used. */
  start(): () => AttemptUsage {
    this.#advance();
    this.#running += 1;
    const shareAtStart = this.#share;
    return () => {
      const { maxMemoryMb } = this.#advance();
      this.#running -= 1;
      return {
        cpu_ms: Math.round((this.#share - shareAtStart) * 1000) / 1000,
        max_memory_mb: Math.round(maxMemoryMb * 10) / 10,
      };
    };
  }

  #advance(): ProcessUsage {
    const usage = this.#read();
    if (this.#running > 0) this.#share += (usage.cpuMs - this.#lastCpuMs) / this.#running;
    this.#lastCpuMs = usage.cpuMs;
    return usage;
  }
}
