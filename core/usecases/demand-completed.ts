import { MAX_WALK } from '../dependencies/walk.ts';
import { dependencyCycle, storageUnavailable, validationFailed } from '../errors.ts';
import type { TaskRow } from '../task-row.ts';
import type { Completed } from './complete-dependencies.ts';

/** The row of a completed operation. Throws what its caller is told of any other. */
export function demandCompleted(completed: Completed | undefined): TaskRow {
  if (completed?.kind === 'done') return completed.row;
  if (completed?.kind !== 'cycle') {
    throw storageUnavailable(
      'the dependency is stored, but not for certain in place; that is done within minutes: ask for the task',
    );
  }
  const { path, isTooFar } = completed.cycle;
  if (!isTooFar) throw dependencyCycle(path);
  const message = `more than ${MAX_WALK} tasks wait above it, too many to be sure that none waits for this one`;
  throw validationFailed([{ path: '/dependency_id', message }]);
}
