import { encodeDependency } from '../../core/dependencies/dependency.ts';
import type { Edge } from '../../core/dependencies/edge.ts';
import { memberOf, SUBMISSION_HOLD } from '../../core/dependencies/members.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { RELEASE_PAGE } from '../../core/usecases/release-dependents.ts';
import { DynamoDbEdgeStore } from '../../functions/shared/adapters/dynamodb-edge-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { aRow, completed, newTaskId } from './builders.ts';
import { demand } from './demand.ts';
import { dynamoDb, output } from './emulator-clients.ts';
import { invoke } from './invoke.ts';
import { putRow } from './probe-rows.ts';
import { anSqsRecord } from './sqs-event.ts';
import { readRow } from './table-scan.ts';

const edgeStore = () =>
  new DynamoDbEdgeStore({ client: dynamoDb(), table: output('ControlTable'), ...backOff });

const edgeTo = (dependentId: string, on: Pick<TaskRow, 'task_id'>): Edge => ({
  dependencyId: on.task_id,
  dependentId,
  index: 0,
  condition: 'success',
});

/** What a row says of one dependency. */
export const waitsFor = (on: Pick<TaskRow, 'task_id'>): Pick<TaskRow, 'dependencies' | 'next_index'> => ({
  dependencies: [encodeDependency({ index: 0, condition: 'success', task_id: on.task_id })],
  next_index: 1,
});

/** A task that has ended, and others wait for that. */
export const endedForOthers = (): TaskRow => ({ ...completed(aRow()), has_dependents: true });

/** Whether a task waits, with an edge to it and nobody at work on it. */
export async function isInPlace(row: TaskRow, on: TaskRow): Promise<boolean> {
  const { waiting_on = [] } = (await readRow(row.task_id)) ?? {};
  const { edges } = await edgeStore().page({ dependencyId: on.task_id, of: 'all', limit: 10 });
  return waiting_on.length === 1 && edges.some(({ dependentId }) => dependentId === row.task_id);
}

/** Whoever submitted a task has died before its dependency was in place: the timers do it. */
export async function probeAbandoned(shard: string): Promise<() => Promise<void>> {
  const on = await putRow(aRow({ scheduled_at: Date.now() + 3_600_000 }));
  const held = await putRow({
    ...aRow(),
    ...waitsFor(on),
    status: 'waiting',
    waiting_on: [memberOf(0), SUBMISSION_HOLD],
    timer_at: 1,
    timer_in: shard,
  });
  return async () => demand(await isInPlace(held, on), 'a dependency is put in place');
}

/** An end with more dependents than one message reads: one of them waits, the others are gone. */
export async function probeRelease(): Promise<void> {
  const ended = await putRow(endedForOthers());
  const waiting = await putRow({
    ...aRow(),
    ...waitsFor(ended),
    status: 'waiting',
    waiting_on: [memberOf(0)],
  });
  const gone = Array.from({ length: RELEASE_PAGE }, () => edgeTo(newTaskId(), ended));
  await edgeStore().put([edgeTo(waiting.task_id, ended), ...gone]);

  const tell = async () => {
    const record = anSqsRecord(JSON.stringify({ task_id: ended.task_id, of: 'end' }));
    const { payload, log } = await invoke('ReleaseFunctionName', { Records: [record] });
    demand(JSON.stringify(payload) === '{"batchItemFailures":[]}', `dependents are told: ${log}`);
  };
  await tell();
  const { edges } = await edgeStore().page({ dependencyId: ended.task_id, of: 'all', limit: 10 });
  demand(edges.length <= 1, 'used edges are removed');
  if (edges.length > 0) await tell();
  demand((await readRow(waiting.task_id))?.status !== 'waiting', 'a task goes on');
}
