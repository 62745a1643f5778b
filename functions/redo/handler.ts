import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { isObjectsOfOneRow } from '../../core/object-keys.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { TaskStore } from '../../core/ports.ts';
import { type FollowUpDeps, followUpChanges } from '../../core/usecases/follow-up-changes.ts';

export interface RedoDeps extends Omit<FollowUpDeps, 'onTrouble'> {
  readonly tasks: FollowUpDeps['tasks'] & Pick<TaskStore, 'read'>;
  readonly objects: Pick<ObjectStore, 'removeAll'>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * Looks again at tasks whose follow-ups failed: reads each row and does what follows from it, by the same code
 * as the dispatcher. Removes the objects of rows that are gone. What fails again stays in the queue.
 */
export function createHandler(deps: RedoDeps) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const failures = await Promise.all(event.Records.map((record) => redo(deps, record)));
    const batchItemFailures = failures.flatMap((failure) => failure ?? []);
    deps.logger.info('redone', { tasks: event.Records.length, failed: batchItemFailures.length });
    return { batchItemFailures };
  };
}

async function redo(deps: RedoDeps, record: SQSRecord): Promise<{ itemIdentifier: string } | undefined> {
  try {
    const { task_id, objects } = JSON.parse(record.body) as { task_id: string; objects?: string };
    if (objects !== undefined) return await removeObjects(deps, objects);
    const row = await deps.tasks.read(task_id);
    if (row === undefined) return undefined;
    const { failedTaskIds } = await followUpChanges(
      { ...deps, onTrouble: (message, fields) => deps.logger.error(message, fields) },
      [{ row }],
    );
    return failedTaskIds.length === 0 ? undefined : { itemIdentifier: record.messageId };
  } catch (error) {
    deps.logger.error('a task could not be looked at again', { body: record.body, error: error as Error });
    return { itemIdentifier: record.messageId };
  }
}

/** All objects of one row that is gone. Throws for what names more than that. */
async function removeObjects(deps: RedoDeps, prefix: string): Promise<undefined> {
  if (!isObjectsOfOneRow(prefix)) throw new Error(`${prefix} is not where the objects of one row are`);
  await deps.objects.removeAll(prefix);
}
