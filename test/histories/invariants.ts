import { MAX_HISTORY } from '../../core/history.ts';
import { isEnded, isLegalTransition } from '../../core/status.ts';
import type { TaskRow } from '../../core/task-row.ts';

const NUMBERS = ['version', 'attempt', 'generation', 'failures', 'released'] as const;

/** What every change of a row keeps to, whoever makes it. Throws an Error that tells what is broken. */
export function checkChange(before: TaskRow, after: TaskRow): void {
  const broken = (what: string): never => {
    throw new Error(`${before.task_id}: ${what} (${before.status} -> ${after.status})`);
  };
  for (const name of NUMBERS)
    if (after[name] < before[name]) broken(`${name} fell from ${before[name]} to ${after[name]}`);
  if (before.status !== after.status && !isLegalTransition(before.status, after.status))
    broken('no legal transition');
  if (before.status !== after.status && after.version === before.version)
    broken('a change of state that version does not tell');
  if (before.status === 'completed' || before.status === 'cancelled')
    if (after.status !== before.status || after.result_attempt !== before.result_attempt)
      broken('an end state was left');
  const isUsersWish = after.life?.attempt === before.attempt || after.status === 'cancelled';
  if (before.status === 'failed' && after.status !== 'failed' && !isUsersWish)
    broken('a failed task goes on without a retry by hand');
  const told = before.history.length < MAX_HISTORY ? before.history : [];
  if (told.some((entry, index) => after.history[index] !== entry)) broken('the history forgets what was');
  if (after.cancel_requested && (after.status === 'failed' || after.status === 'retrying'))
    broken('an accepted cancel was overtaken');
  if (isEnded(after.status) && after.expires_at === undefined) broken('an ended task is kept for ever');
}
