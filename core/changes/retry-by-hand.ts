import { type Removable, transition } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead, type Change, refused } from './change.ts';

/**
 * Starts another life of a failed task: its policy and its crash limit count anew from the numbers of now, while
 * `attempt` goes on (it is the fence), and errors up to it are counted. A deadline that has passed is taken away.
 */
export function retryByHandChange(row: TaskRow, nowMs: number): Change {
  if (row.status !== 'failed') return refused(row, 'only a failed task can be retried');
  const keepsDeadline = row.deadline !== undefined && row.deadline > nowMs;
  const remove: Removable[] = ['failed_in', 'expires_at', 'error', 'progress', 'solo'];
  if (!keepsDeadline) remove.push('deadline');
  const next = {
    status: 'queued',
    claimable_at: 0,
    ...(keepsDeadline ? { deadline: row.deadline } : {}),
  } as const;
  const timer = timerChange(row, next, nowMs);
  return {
    kind: 'write',
    write: transition(row.task_id, {
      to: 'queued',
      atMs: nowMs,
      cause: 'retried by hand',
      expect: asRead(row),
      set: {
        claimable_at: 0,
        counted: row.attempt,
        life: { attempt: row.attempt, failures: row.failures, released: row.released },
        ...timer.set,
      },
      increment: ['generation'],
      remove: [...presentOf(row, remove), ...timer.remove],
      known: row,
      returnRow: true,
    }),
  };
}

function presentOf(row: TaskRow, names: readonly Removable[]): readonly Removable[] {
  return names.filter((name) => row[name] !== undefined);
}
