/** Memory of a process, in MB of 1,024 KB. */
export interface MemoryFigures {
  /** Resident: what the system has given to the process. */
  readonly rss_mb: number;
  /** JavaScript values. */
  readonly heap_mb: number;
}

export const DEBUG_EVENTS = [
  'claimed',
  'payload_read',
  'handler_started',
  'stage_started',
  'stage_ended',
  'handler_ended',
  'result_stored',
] as const;

/** A moment of an attempt, in milliseconds since 1970. */
export interface DebugEvent {
  readonly at: number;
  readonly event: (typeof DEBUG_EVENTS)[number];
  readonly stage?: string;
}

/** What an attempt at a task with `debug` tells beside its result. */
export interface DebugReport {
  readonly process: {
    /** Whether the process had run nothing before. */
    readonly cold: boolean;
    readonly function_version: string;
    readonly memory_limit_mb: number | null;
  };
  /** All but the storing of the result, which comes after the report; oldest first. */
  readonly events: readonly DebugEvent[];
  /** Of the whole process: attempts that ran beside this one have their part in it. */
  readonly memory: {
    readonly before: MemoryFigures;
    readonly after: MemoryFigures;
    /** The larger growth of the two, 0 at least. */
    readonly growth_mb: number;
  };
  readonly sizes: { readonly payload_bytes: number; readonly output_bytes: number | null };
  readonly warnings: readonly string[];
}

/** How much memory has grown from one moment to another, in MB: resident or heap, whichever grew more. */
export function memoryGrowthMb(before: MemoryFigures, after: MemoryFigures): number {
  const growth = Math.max(after.rss_mb - before.rss_mb, after.heap_mb - before.heap_mb, 0);
  return Math.round(growth * 10) / 10;
}

/** What is said of memory that grew by more than the limit; nothing of less. */
export function memoryWarnings(growthMb: number, limitMb: number): readonly string[] {
  if (growthMb <= limitMb) return [];
  return [
    `memory grew by ${growthMb} MB while the attempt ran, by more than ${limitMb} MB: look for what it keeps, or give it less at a time`,
  ];
}
