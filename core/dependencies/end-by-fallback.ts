import { asRead, type ChangeTerms } from '../changes/change.ts';
import { fallbackResultOf } from '../fallback-task.ts';
import { cancelledForGood, ended } from '../finish.ts';
import { type RowWrite, transition } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { failDependent } from './fail-dependent.ts';
import { dependencyFailed } from './judge-dependency.ts';

/**
 * What the end of its fallback task does to a waiting task: completes it with that one's output or fails it, in one
 * write, and never puts it on a lane again. It fails with the last attempt's error, which is still the reason.
 */
export function endByFallback(
  row: TaskRow,
  member: string,
  fallback: TaskRow | undefined,
  terms: ChangeTerms,
): RowWrite {
  if (fallback?.status !== 'completed') {
    const own = dependencyFailed({ task_id: fallback?.task_id ?? 'unknown', condition: 'success' }, fallback);
    return failDependent(row, member, row.error ?? own, terms);
  }
  const cancel = row.cancel_requested ? cancelledForGood(row, terms) : undefined;
  const to = cancel === undefined ? 'completed' : 'cancelled';
  const completion = { fallback_used: true, fallback_result: fallbackResultOf(fallback) };
  const timer = timerChange(row, { ...row, status: to }, terms.nowMs);
  return transition(row.task_id, {
    to,
    atMs: terms.nowMs,
    cause: cancel?.cause ?? 'fallback',
    expect: [
      { attribute: 'status', oneOf: ['waiting'] },
      ...asRead(row),
      { attribute: 'waiting_on', contains: member },
    ],
    set: cancel?.set ?? { ...ended(terms), ...completion },
    remove: ['waiting_on', ...timer.remove],
    known: row,
    returnRow: true,
  });
}
