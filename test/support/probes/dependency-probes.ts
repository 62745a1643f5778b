import type { Edge } from '../../../core/dependencies/edge.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { DynamoDbEdgeStore } from '../../../functions/shared/adapters/dynamodb-edge-store.ts';
import { backOff } from '../../../functions/shared/container.ts';
import { encodeReleaseMessage } from '../../../functions/shared/release-message.ts';
import { clientAs } from '../api.ts';
import { aRow, newTaskId } from '../builders.ts';
import { demand } from '../demand.ts';
import { dynamoDb, output } from '../emulator-clients.ts';
import { invoke } from '../invoke.ts';
import { anSqsRecord } from '../sqs-event.ts';
import { readRow } from '../table-scan.ts';
import { until } from '../until.ts';
import { aCompletedRow, aSleepingRow, putRow } from './probe-rows.ts';

const edgeStore = () =>
  new DynamoDbEdgeStore({ client: dynamoDb(), table: output('ControlTable'), ...backOff });

const isWaiting = async ({ task_id }: TaskRow): Promise<boolean> =>
  (await readRow(task_id))?.status === 'waiting';

/** A row that waits for one other. */
export const aWaitingRow = (on: Pick<TaskRow, 'task_id'>, more: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow(),
  status: 'waiting',
  dependencies: [`0s ${on.task_id}`],
  next_index: 1,
  waiting_on: ['0'],
  ...more,
});

/** A row that has ended, and whose dependents are to be told; it has none. */
export const aTellingRow = (): TaskRow => ({ ...aCompletedRow(), has_dependents: true });

/** A page of edges of which one dependent is there, and another on the page after it. */
export async function probeRelease(): Promise<void> {
  const dependency = await putRow(aCompletedRow());
  const last = `task-ffffffff${newTaskId().slice(13)}`;
  const first = await putRow(aWaitingRow(dependency));
  const second = await putRow(aWaitingRow(dependency, { task_id: last }));
  const edge = ({ task_id }: Pick<TaskRow, 'task_id'>): Edge => ({
    dependencyId: dependency.task_id,
    dependentId: task_id,
    index: 0,
    condition: 'success',
  });
  const gone = Array.from({ length: 249 }, () => edge({ task_id: newTaskId() }));
  await edgeStore().put([...gone, edge(first), edge(second)]);

  const body = encodeReleaseMessage({ task_id: dependency.task_id, of: 'end' });
  const { payload, log } = await invoke('ReleaseFunctionName', { Records: [anSqsRecord(body)] });
  demand(JSON.stringify(payload) === '{"batchItemFailures":[]}', `the message is handled: ${log}`);
  demand(!(await isWaiting(first)), 'a dependent goes on');
  await until('the next page', async () => !(await isWaiting(second)), { withinMs: 10_000 });
  const left = async () =>
    (await edgeStore().page({ dependencyId: dependency.task_id, of: 'all', limit: 1 })).edges.length;
  await until('used edges to be removed', async () => (await left()) === 0, { withinMs: 10_000 });
}

/** A task that somebody has left held. */
export async function probeAbandoned(): Promise<void> {
  const shard = crypto.randomUUID();
  const dependency = await putRow(aSleepingRow());
  const held = await putRow(
    aWaitingRow(dependency, { waiting_on: ['0', 'h'], timer_at: 1, timer_in: shard }),
  );
  const { failed, log } = await invoke('TimersFunctionName', { shard });
  demand(!failed, `the sweep ends: ${log}`);
  demand((await readRow(held.task_id))?.waiting_on?.includes('h') === false, 'what is held is completed');
}

/** A task that waits for one which has not ended. */
export async function probeSubmission(): Promise<void> {
  const dependency = await putRow(aSleepingRow());
  const dependencies = [{ task_id: dependency.task_id }];
  const { task_id } = await clientAs('task_submitter').submit({ type: 'echo', payload: 1, dependencies });
  const row = await readRow(task_id);
  demand(row?.status === 'waiting' && !row.waiting_on?.includes('h'), 'a dependency is put in place');
}

/** A failed task whose dependency has not ended, for a bulk retry of its agent's tasks. */
export async function aRetriedRow(): Promise<{ agentId: string; isHeld: () => Promise<boolean> }> {
  const agentId = `agent-${crypto.randomUUID()}`;
  const dependency = await putRow(aSleepingRow());
  const failed = await putRow(
    aWaitingRow(dependency, { ...aRow({ agent_id: agentId }), status: 'failed', attempt: 1 }),
  );
  return {
    agentId,
    isHeld: async () => {
      const row = await readRow(failed.task_id);
      return row?.status === 'waiting' && row.waiting_on?.includes('h') === true;
    },
  };
}
