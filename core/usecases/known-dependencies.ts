import { type DomainError, dependencyNotFound, type InputError } from '../errors.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { Submission } from '../submission.ts';
import { isExpired, type TaskRow } from '../task-row.ts';

export interface KnownDeps {
  readonly tasks: Pick<TaskStore, 'readAll'>;
  readonly clock: Clock;
}

/** The rows of the tasks that submissions depend on, consistently; one whose retention is over is not there. */
export async function readDependencies(
  deps: KnownDeps,
  submissions: readonly Submission[],
): Promise<ReadonlyMap<string, TaskRow>> {
  return await readKnown(
    deps,
    submissions.flatMap(({ dependencies = [] }) =>
      dependencies.flatMap((one) => ('task_id' in one ? one.task_id : [])),
    ),
  );
}

/** The rows of tasks by their ids, without those whose retention is over; reads nothing for none. */
export async function readKnown(
  { tasks, clock }: KnownDeps,
  taskIds: readonly string[],
): Promise<ReadonlyMap<string, TaskRow>> {
  if (taskIds.length === 0) return new Map();
  const nowMs = clock.nowMs();
  const rows = await tasks.readAll([...new Set(taskIds)]);
  return new Map([...rows].filter(([, row]) => !isExpired(row, nowMs)));
}

/** What is to be thrown where submissions depend on tasks that are not there. */
export function demandDependencies(
  submissions: readonly Submission[],
  known: ReadonlyMap<string, TaskRow>,
  baseOf: (index: number) => string,
): DomainError | undefined {
  const unknown = new Set<string>();
  const errors = submissions.flatMap(({ dependencies = [] }, index) =>
    dependencies.flatMap((one, at): readonly InputError[] => {
      if ('ref' in one || known.has(one.task_id)) return [];
      unknown.add(one.task_id);
      const path = `${baseOf(index)}/dependencies/${at}/task_id`;
      return [{ path, message: `there is no task ${one.task_id}` }];
    }),
  );
  return errors.length === 0 ? undefined : dependencyNotFound([...unknown], errors);
}
