import { demand } from '../demand.ts';
import { readRow } from '../table-scan.ts';
import { until } from '../until.ts';
import { keepsNothing, laneEvent } from './probe-calls.ts';
import { aSleepingRow, putRow, send } from './probe-rows.ts';

export async function probeDeadLetter(): Promise<void> {
  const dead = await putRow(aSleepingRow());
  await keepsNothing('DeadLetterFunctionName', laneEvent('NormalDeadLetterQueueUrl', dead));
  demand((await readRow(dead.task_id))?.status === 'failed', 'the dead letter ends its task');

  const held = await putRow(aSleepingRow({ claimable_at: Date.now() + 3000 }));
  await send('NormalDeadLetterQueueUrl', held);
  const isFailed = async () => (await readRow(held.task_id))?.status === 'failed';
  await until('a dead letter to come back when its task is free', isFailed, { withinMs: 12_000 });
}
