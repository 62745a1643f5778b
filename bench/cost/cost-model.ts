import { type PricedUnit, USD_PER_MILLION } from './prices.ts';

/** Something that is charged, and how much of it one task uses on average. */
export interface Usage {
  /** The service or function it belongs to, such as `executor`. */
  readonly part: string;
  readonly unit: PricedUnit;
  readonly perTask: number;
}

export interface CostLine extends Usage {
  readonly usdPerMillionTasks: number;
}

export interface Cost {
  /** The dearest first; what costs nothing is left out. */
  readonly lines: readonly CostLine[];
  readonly usdPerMillionTasks: number;
}

/** What tasks cost that use so much each; usages of one part and unit are added up. Throws for one below zero. */
export function costOf(usages: readonly Usage[]): Cost {
  const added = new Map<string, Usage>();
  for (const usage of usages) {
    if (!(usage.perTask >= 0))
      throw new RangeError(`${usage.part}: ${usage.perTask} ${usage.unit} a task is no usage`);
    const key = `${usage.part} ${usage.unit}`;
    added.set(key, { ...usage, perTask: usage.perTask + (added.get(key)?.perTask ?? 0) });
  }
  const lines = [...added.values()]
    .map((usage) => ({ ...usage, usdPerMillionTasks: usage.perTask * USD_PER_MILLION[usage.unit] }))
    .filter(({ usdPerMillionTasks }) => usdPerMillionTasks > 0)
    .sort((a, b) => b.usdPerMillionTasks - a.usdPerMillionTasks);
  return { lines, usdPerMillionTasks: lines.reduce((sum, line) => sum + line.usdPerMillionTasks, 0) };
}

/** One invocation, as measured on a whole vCPU. */
export interface Invocation {
  readonly cpuMs: number;
  /** Calls of AWS that follow one after the other. */
  readonly callsInRow: number;
  readonly memoryMb: number;
}

/** What a call of AWS takes inside a region, on average. An assumption: nothing here can measure it. */
export const AWS_CALL_MS = 10;

/** Memory that comes with one vCPU (Lambda Developer Guide, "Configure Lambda function memory"). */
const FULL_VCPU_MB = 1769;

/**
 * Seconds that Lambda charges for an invocation: its waiting and its CPU, started milliseconds counted whole. A
 * function with less memory than comes with a vCPU gets that part of one, and its CPU takes so much longer.
 */
export function billedSeconds({ cpuMs, callsInRow, memoryMb }: Invocation): number {
  const slower = Math.max(1, FULL_VCPU_MB / memoryMb);
  return Math.ceil(callsInRow * AWS_CALL_MS + cpuMs * slower) / 1000;
}
