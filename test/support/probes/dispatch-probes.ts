import { objectsOf } from '../../../core/object-keys.ts';
import { relatedTasksOf } from '../../../core/related-tasks.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { taskItem } from '../../../functions/shared/adapters/task-item.ts';
import { aResult, aRow, newTaskId } from '../builders.ts';
import { injectFaults } from '../controls.ts';
import { demand } from '../demand.ts';
import { anSqsRecord } from '../sqs-event.ts';
import { readRow } from '../table-scan.ts';
import { aTellingRow } from './dependency-probes.ts';
import { objectKeysOf, withLargePayload } from './large-value-probes.ts';
import { keepsNothing, withStoredPayload } from './probe-calls.ts';
import { aCompletedRow, putResult, putRow } from './probe-rows.ts';

const PRIORITIES = [1, 3, 5, 8];

/** Rows whose messages wake nothing: the table does not know them. */
const dispatchedRows = async (): Promise<TaskRow[]> => {
  const ended = await withStoredPayload({ ...aRow(), status: 'completed', expires_at: 2_000_000_000 });
  const remembering = aCompletedRow({ remember: crypto.randomUUID() });
  await putResult(aResult({ ...remembering, attempt: 1 }, { expires_at: 2_000_000_000 }));
  const queued = [{}, { pool: 'large' }].flatMap((pool) => [
    ...PRIORITIES.map((priority) => ({ ...aRow({ priority, tags: ['probe'] }), ...pool })),
    { ...aRow(), solo: true, ...pool },
  ]);
  const ordered: TaskRow = { ...aRow({ ordering_key: crypto.randomUUID() }), generation: 2 };
  return [...queued, ordered, ended, remembering, aTellingRow()];
};

/** A failed task whose compensation has a payload of its own. */
const compensatedRow = (): TaskRow => ({
  ...aRow({ compensation: { type: 'echo', payload: 'x'.repeat(2000) } }),
  status: 'failed',
});

/** Its compensation is stored, and is there once when its end is told twice. */
async function isCompensated(row: TaskRow, tell: () => Promise<void>): Promise<void> {
  await tell();
  await tell();
  const taskId = relatedTasksOf(row)[0]?.taskId ?? '';
  demand((await readRow(taskId))?.type === 'echo', 'what follows from the end of a task is stored');
}

const streamEvent = (rows: readonly TaskRow[]) => ({
  Records: rows.map((row, index) => ({
    eventName: 'INSERT',
    dynamodb: {
      Keys: { task_id: { S: row.task_id } },
      NewImage: taskItem.encode(row),
      SequenceNumber: String(index + 1),
    },
  })),
});

export async function probeDispatcher(): Promise<void> {
  const log = await keepsNothing('DispatcherFunctionName', streamEvent(await dispatchedRows()));
  demand(log.includes('"redo":0'), `nothing of it fails: ${log}`);

  const failed = compensatedRow();
  await isCompensated(failed, async () => {
    const told = await keepsNothing('DispatcherFunctionName', streamEvent([failed]));
    demand(told.includes('"redo":0'), `a compensation is stored: ${told}`);
  });

  const lost = aRow();
  const isLaneMessage = `${lost.task_id}","generation`;
  await injectFaults([
    {
      id: lost.task_id,
      operation: 'SendMessageBatch',
      contains: isLaneMessage,
      mode: 'fail_entry',
      times: 5,
    },
  ]);
  const second = await keepsNothing('DispatcherFunctionName', streamEvent([lost]));
  demand(second.includes('"redo":1'), `what fails goes to the redo queue: ${second}`);
}

export async function probeRedo(): Promise<void> {
  // Due in an hour: their messages stay delayed, whoever sends them.
  const later = Date.now() + 3_600_000;
  const rows = await dispatchedRows();
  for (const row of rows) {
    const net = row.timer_at === undefined ? {} : { timer_at: later + 1 };
    await putRow(row.status === 'queued' ? { ...row, claimable_at: later, ...net } : row);
  }
  const records = rows.map(({ task_id }) => anSqsRecord(JSON.stringify({ task_id })));
  await keepsNothing('RedoFunctionName', { Records: records });

  const failed = await putRow({ ...compensatedRow(), task_id: newTaskId() });
  const again = { Records: [anSqsRecord(JSON.stringify({ task_id: failed.task_id }))] };
  await isCompensated(failed, async () => void (await keepsNothing('RedoFunctionName', again)));
  const gone = await withLargePayload(aRow(), '"large"');
  const removal = anSqsRecord(JSON.stringify({ objects: objectsOf(gone) }));
  await keepsNothing('RedoFunctionName', { Records: [removal] });
  demand((await objectKeysOf(gone)).length === 0, 'the objects of a row that is gone are removed');
}
