import { aResult, aRow, claimed } from '../builders.ts';
import { demand } from '../demand.ts';
import { invoke } from '../invoke.ts';
import { readRow } from '../table-scan.ts';
import { until } from '../until.ts';
import { probeAbandoned } from './dependency-probes.ts';
import { isCompleted } from './probe-calls.ts';
import { putResult, putRow } from './probe-rows.ts';

export async function probeTimers(): Promise<void> {
  const shard = crypto.randomUUID();
  // Scheduled far ahead, so that no message wakes it before the sweep.
  const far = aRow({ scheduled_at: Date.now() + 3_600_000 });
  const over = await putRow({ ...far, deadline: 1, timer_at: 1, timer_in: shard });
  const { failed, log } = await invoke('TimersFunctionName', { shard });
  demand(!failed, `the sweep ends: ${log}`);
  demand((await readRow(over.task_id))?.status === 'failed', 'a deadline is kept');
  await probeAbandoned();
  await probeReported(shard);

  const ordered = aRow({ ordering_key: crypto.randomUUID() });
  const unsent = await putRow({ ...ordered, timer_at: 1, timer_in: shard });
  await invoke('TimersFunctionName', { shard });
  await until('the net of an ordered task to send it', () => isCompleted(unsent), { withinMs: 10_000 });
}

/** An agent had reported its success before whoever was to finish its attempt died: its task does not fail. */
async function probeReported(shard: string): Promise<void> {
  const row = {
    ...claimed(aRow({ type: 'agent', agent_id: 'probe' })),
    deadline: 1,
    timer_at: 1,
    timer_in: shard,
  };
  await putResult(aResult(row, { expires_at: 2_000_000_000 }));
  await putRow(row);
  await invoke('TimersFunctionName', { shard });
  demand(await isCompleted(row), 'a success that is stored completes its task');
}
