import { clientAs } from '../api.ts';
import { demand } from '../demand.ts';
import { aRetriedRow } from './dependency-probes.ts';
import { isCompleted, keepsNothing, laneEvent } from './probe-calls.ts';
import { aSleepingRow, putRow } from './probe-rows.ts';

/** Filters that match nothing, one for each index that a bulk task may walk over. */
const BULK_FILTERS = [
  { type: 'none', created_after: new Date(Date.now() - 3_600_000).toISOString() },
  { type: 'none', status: 'failed' },
  { type: 'none', agent_id: 'none' },
] as const;

/** A bulk task that may not read its index fails its attempt. */
export async function probeBulk(): Promise<void> {
  // An hour that holds a task, or the index by time is not read at all.
  await clientAs('task_submitter').submit({ type: 'echo', payload: 1 });
  const rows = BULK_FILTERS.map((filter) =>
    aSleepingRow({ type: 'bulk_retry', payload: JSON.stringify({ filter }) }),
  );
  for (const row of rows) await putRow(row);
  await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', ...rows));
  for (const row of rows) demand(await isCompleted(row), 'a bulk task walks over its index');

  const { agentId, isHeld } = await aRetriedRow();
  const payload = JSON.stringify({ filter: { type: 'echo', agent_id: agentId } });
  const retry = await putRow(aSleepingRow({ type: 'bulk_retry', payload }));
  await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', retry));
  demand((await isCompleted(retry)) && !(await isHeld()), 'what a retried task waits for is put in place');
}
