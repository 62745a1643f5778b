import { dependenciesOf, encodeDependency } from '../dependencies/dependency.ts';
import { memberOf, SUBMISSION_HOLD } from '../dependencies/members.ts';
import { memberSet, type Removable, type Settable, transition } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { timerChange } from '../timer.ts';
import { asRead, type Change, refused } from './change.ts';

/** The dependencies, by index, whose condition is met as the task is retried. */
export type MetDependencies = ReadonlySet<number>;

/**
 * Starts another life of a failed task: its policy and its crash limit count anew from the numbers of now, while
 * `attempt` goes on (it is the fence), and errors up to it are counted. A deadline that has passed is taken away; a
 * time to start at that is still to come (a dependency had failed before it) is waited for.
 * A task with dependencies that are not met waits for them again, under new indexes and held until they are in
 * place: what was sent about the old ones finds nothing.
 */
export function retryByHandChange(row: TaskRow, nowMs: number, met: MetDependencies = new Set()): Change {
  if (row.status !== 'failed') return refused(row, 'only a failed task can be retried');
  const keepsDeadline = row.deadline !== undefined && row.deadline > nowMs;
  const waits = waitsAnew(row, met);
  const remove: Removable[] = ['failed_in', 'expires_at', 'error', 'progress', 'solo'];
  if (!keepsDeadline) remove.push('deadline');
  if (waits.waiting_on === undefined) remove.push('waiting_on');
  const { scheduled_at = 0 } = row;
  const claimable_at = scheduled_at > nowMs ? scheduled_at : 0;
  const to = waits.waiting_on !== undefined ? 'waiting' : claimable_at > 0 ? 'scheduled' : 'queued';
  const { deadline: _deadline, waiting_on: _waitingOn, ...kept } = row;
  const deadline = keepsDeadline ? { deadline: row.deadline } : {};
  const next = { ...kept, status: to, claimable_at, ...deadline, ...waits } as const;
  const timer = timerChange(row, next, nowMs);
  return {
    kind: 'write',
    write: transition(row.task_id, {
      to,
      atMs: nowMs,
      cause: 'retried by hand',
      expect: asRead(row),
      set: {
        claimable_at,
        counted: row.attempt,
        life: { attempt: row.attempt, failures: row.failures, released: row.released },
        ...waits,
        ...timer.set,
      },
      increment: ['generation'],
      remove: [...presentOf(row, remove), ...timer.remove],
      known: row,
      returnRow: true,
    }),
  };
}

/** What the row waits for in its new life; nothing at all where all is met. */
function waitsAnew(row: TaskRow, met: MetDependencies): Pick<Settable, 'waiting_on'> & Settable {
  const all = dependenciesOf(row);
  let nextIndex = row.next_index ?? 0;
  const anew = all.map((dependency) =>
    met.has(dependency.index) ? dependency : { ...dependency, index: nextIndex++ },
  );
  const open = anew.filter((dependency) => !all.includes(dependency)).map(({ index }) => memberOf(index));
  if (open.length === 0) return {};
  return {
    dependencies: anew.map(encodeDependency),
    next_index: nextIndex,
    waiting_on: memberSet([...open, SUBMISSION_HOLD]),
  };
}

function presentOf(row: TaskRow, names: readonly Removable[]): readonly Removable[] {
  return names.filter((name) => row[name] !== undefined);
}
