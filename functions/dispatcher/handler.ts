import type { Logger } from '@aws-lambda-powertools/logger';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { objectsLeftBy } from '../../core/follow-up.ts';
import type { RedoSender } from '../../core/ports.ts';
import { type FollowUpDeps, followUpChanges, type RowChange } from '../../core/usecases/follow-up-changes.ts';
import { taskItem } from '../shared/adapters/task-item.ts';

export interface DispatcherDeps extends Omit<FollowUpDeps, 'onTrouble'> {
  readonly redo: RedoSender;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * Reads the tasks table's stream and does what follows from each change. A record that keeps failing goes to
 * the redo queue as its task's id, so that it never holds up its shard; only when that fails too is the batch
 * reported, from that record on.
 */
export function createHandler(deps: DispatcherDeps) {
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const changes: RowChange[] = [];
    const failed = new Set<string>();
    for (const record of event.Records) {
      try {
        const change = changeOf(record);
        if (change !== undefined) changes.push(change);
      } catch (error) {
        deps.logger.error('a stream record cannot be read', {
          task_id: taskIdOf(record),
          error: error as Error,
        });
        failed.add(taskIdOf(record));
      }
    }
    const report = await followUpChanges(
      { ...deps, onTrouble: (message, fields) => deps.logger.error(message, fields) },
      changes,
    );
    const removals = event.Records.flatMap((record) => objectsLeftIn(record) ?? []);
    for (const taskId of report.failedTaskIds) failed.add(taskId);
    deps.logger.info('dispatched', {
      records: event.Records.length,
      sent: report.sent,
      redo: failed.size,
      ...(removals.length === 0 ? {} : { removals: removals.length }),
    });
    return await redo(deps, event.Records, failed, removals);
  };
}

async function redo(
  deps: DispatcherDeps,
  records: readonly DynamoDBRecord[],
  failed: ReadonlySet<string>,
  removals: readonly string[],
): Promise<DynamoDBBatchResponse> {
  try {
    if (failed.size > 0) await deps.redo.send([...failed]);
    if (removals.length > 0) await deps.redo.sendRemovals([...new Set(removals)]);
    return { batchItemFailures: [] };
  } catch (error) {
    deps.logger.error('the redo queue did not take what it should', { error: error as Error });
    const first = records.find((record) => failed.has(taskIdOf(record)) || objectsLeftIn(record));
    return { batchItemFailures: [{ itemIdentifier: first?.dynamodb?.SequenceNumber ?? '' }] };
  }
}

/** Undefined for a deleted row: nothing follows from that but the end of its objects. */
function changeOf({ dynamodb }: DynamoDBRecord): RowChange | undefined {
  if (dynamodb?.NewImage === undefined) return undefined;
  const row = taskItem.decode(dynamodb.NewImage as Record<string, AttributeValue>);
  if (dynamodb.OldImage === undefined) return { row };
  return { row, previous: taskItem.decode(dynamodb.OldImage as Record<string, AttributeValue>) };
}

/** What of a row tells where its objects are, if it has any. */
const OWNER: ReadonlySet<string> = new Set(['task_id', 'body_hash', 'listed_at', 'has_objects']);

/** The objects of a row that this record says is gone: `redo` removes them, which may take its time. */
function objectsLeftIn({ eventName, dynamodb }: DynamoDBRecord): string | undefined {
  if (eventName !== 'REMOVE' || dynamodb?.OldImage === undefined) return undefined;
  const image = dynamodb.OldImage as Record<string, AttributeValue>;
  // Nothing else of the row is looked at, so nothing else of it can be in the way.
  const owner = Object.entries(image).filter(([name]) => OWNER.has(name));
  return objectsLeftBy(taskItem.decode(Object.fromEntries(owner)));
}

function taskIdOf({ dynamodb }: DynamoDBRecord): string {
  return dynamodb?.Keys?.task_id?.S ?? '';
}
