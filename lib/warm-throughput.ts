import type { WarmThroughput } from 'aws-cdk-lib/aws-dynamodb';

/** What a new on-demand table or index takes from its first minute (DynamoDB Developer Guide, "Warm throughput"). */
const NEW_TABLE = { readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4000 } as const;

/**
 * The warm throughput of a table that is written so many times for each task: nothing unless the peak is more
 * than a new table takes. It is charged once, when it is raised, and cannot be lowered.
 */
export function warmThroughputFor(
  peakTasksPerSecond: number | null,
  writesPerTask: number,
): { readonly warmThroughput?: WarmThroughput } {
  const writeUnitsPerSecond = (peakTasksPerSecond ?? 0) * writesPerTask;
  if (writeUnitsPerSecond <= NEW_TABLE.writeUnitsPerSecond) return {};
  return { warmThroughput: { ...NEW_TABLE, writeUnitsPerSecond } };
}
