import type { TaskRow } from './task-row.ts';

/**
 * The value of a task's own `fallback` where that is what it has completed with; undefined where an attempt's result
 * counts, be it a success or what the task's type has fallen back to.
 */
export function fallbackValueOf(
  row: Pick<TaskRow, 'fallback' | 'fallback_used' | 'result_attempt'>,
): { readonly value: unknown } | undefined {
  const { fallback, fallback_used, result_attempt } = row;
  if (!fallback_used || result_attempt !== undefined || fallback === undefined) return undefined;
  return 'value' in fallback ? fallback : undefined;
}
