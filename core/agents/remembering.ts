import { fallbackValueOf } from '../fallback-value.ts';
import { decodeHistory } from '../history.ts';
import type { TaskRow } from '../task-row.ts';
import { SHARED_AGENT } from './agent-row.ts';

/** The output of a completed task that is to be remembered. */
export interface Remembering {
  readonly kind: 'remember';
  readonly taskId: string;
  /** The attempt whose output it is, or after which the fallback took over. */
  readonly attempt: number;
  /** The id under which that result is stored. @default the task's own */
  readonly resultId?: string;
  /** JSON text, where the row itself has the output. @default the result of the attempt has it */
  readonly output?: string;
  readonly agentId: string;
  readonly key: string;
  /** When the task completed, in milliseconds: as of when it is remembered, whenever it is written. */
  readonly atMs: number;
}

/** What a row asks to be remembered: a function of the row alone. */
export function rememberingOf(row: TaskRow): readonly Remembering[] {
  const { task_id: taskId, remember: key, agent_id: agentId = SHARED_AGENT } = row;
  const counting = countingOutput(row);
  if (key === undefined || row.status !== 'completed' || counting === undefined) return [];
  return decodeHistory(row.history.slice(-1)).map(({ at: atMs }) => ({
    kind: 'remember',
    taskId,
    ...counting,
    agentId,
    key,
    atMs,
  }));
}

/** Where the output that counts is; undefined where there is none. */
function countingOutput(row: TaskRow): Pick<Remembering, 'attempt' | 'output' | 'resultId'> | undefined {
  const fallback = fallbackValueOf(row);
  if (fallback !== undefined) return { attempt: row.attempt, output: JSON.stringify(fallback.value) };
  if (row.fallback_result !== undefined) {
    return { attempt: row.fallback_result.attempt, resultId: row.fallback_result.task_id };
  }
  const { result_attempt: attempt, cached_result: resultId } = row;
  if (attempt === undefined) return undefined;
  return { attempt, ...(resultId === undefined ? {} : { resultId }) };
}
