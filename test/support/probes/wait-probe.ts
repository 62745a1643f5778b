import { request } from '../api.ts';
import { aRow } from '../builders.ts';
import { demand } from '../demand.ts';
import { withLargeOutput, withLargePayload } from './large-value-probes.ts';
import { withStoredPayload } from './probe-calls.ts';
import { putRow } from './probe-rows.ts';

export async function probeWait(): Promise<void> {
  const row = await putRow(
    await withStoredPayload({ ...aRow(), status: 'completed', result_attempt: 1, attempt: 1 }),
  );
  const task = await request(`/tasks/${row.task_id}`, { role: 'admin' });
  demand(
    (task.body as { payload?: unknown }).payload === 'stored',
    `a task is read with its payload: ${task.text}`,
  );
  const result = await request(`/tasks/${row.task_id}/result`, { role: 'admin' });
  demand(result.status === 200, `a result is read: ${result.text}`);

  const withObject = await putRow(await withLargePayload(aRow(), '"large"'));
  const large = await request(`/tasks/${withObject.task_id}`, { role: 'admin' });
  demand((large.body as { payload?: unknown }).payload === 'large', `a large payload is read: ${large.text}`);
  const resultOf = async (isThere: boolean) => {
    const { task_id } = await withLargeOutput(isThere);
    const answer = await request(`/tasks/${task_id}/result`, { role: 'admin' });
    return answer.body as { output_url?: string; error?: { code: string } };
  };
  const link = (await resultOf(true)).output_url ?? '';
  demand((await fetch(link)).ok, 'a link to a large output is good');
  demand((await resultOf(false)).error?.code === 'payload_lost', 'a lost output is told');
}
