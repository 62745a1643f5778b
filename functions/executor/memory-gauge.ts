import { isMemoryHigh } from '../../core/memory-guard.ts';

/** What a process has in memory, in MB. */
export interface ProcessMemory {
  /** The most that it has ever had: at hand, at a microsecond. */
  readonly peakMb: () => number;
  /** What it has now: read from /proc, at ten. */
  readonly presentMb: () => number;
}

const thisProcess: ProcessMemory = {
  peakMb: () => process.resourceUsage().maxRSS / 1024,
  presentMb: () => process.memoryUsage.rss() / 1024 / 1024,
};

/**
 * Tells whether this process uses so much of its function's memory that it should take on nothing more. Only where
 * it has ever done so, the present use is looked up. Memory of child processes is theirs, and not seen here.
 */
export function memoryGauge(limitMb: number, memory: ProcessMemory = thisProcess): () => boolean {
  return () => isMemoryHigh(memory.peakMb(), limitMb) && isMemoryHigh(memory.presentMb(), limitMb);
}
