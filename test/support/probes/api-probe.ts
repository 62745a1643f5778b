import { clientAs, request } from '../api.ts';
import { demand } from '../demand.ts';
import { readRow } from '../table-scan.ts';
import { until } from '../until.ts';
import { probeSubmission } from './dependency-probes.ts';
import { probeLaneRoutes } from './lane-probes.ts';
import { submitUpload } from './large-value-probes.ts';
import { aSleepingRow, putRow } from './probe-rows.ts';

async function probeApi(): Promise<void> {
  const client = clientAs('task_submitter');
  const health = await request('/health');
  demand(health.status === 200, `the deployment is healthy: ${health.text}`);

  const agent = `agent-${crypto.randomUUID()}`;
  const large = { type: 'echo', payload: 'x'.repeat(2000), agent_id: agent };
  const headers = { 'idempotency-key': agent };
  const post = () =>
    request('/tasks', { method: 'POST', role: 'task_submitter', body: JSON.stringify(large), headers });
  const [first, again] = [await post(), await post()];
  demand(first.status === 202 && again.status === 200, `a submission may be repeated: ${again.text}`);
  demand((again.body as { payload?: unknown }).payload === large.payload, 'a stored payload is read');
  await client.submit({ type: 'echo', payload: 1, agent_id: agent });

  await probeSubmission();
  const { task_id: kept } = first.body as { task_id: string };
  const caching = { type: 'echo', payload: agent, cache_ttl_seconds: 600 };
  const computed = await client.wait((await client.submit(caching)).task_id);
  demand(computed.attempt === 1, 'a task that the cache does not know is run');
  demand((await client.submit(caching)).status === 'completed', 'the cache serves an equal task');
  const cleared = await request('/cache?type=echo', { method: 'DELETE', role: 'admin' });
  demand(cleared.status === 204, `the cache is cleared: ${cleared.text}`);

  const row = await readRow(kept);
  if (row !== undefined) await putRow({ ...row, status: 'completed', expires_at: 1 });
  demand((await post()).status === 202, 'a task whose retention is over makes room for another');

  const executor = clientAs('task_executor').agents;
  for (const name of ['new', 'again'])
    demand((await executor.register(agent, { name })).totals.total > 0, `an agent is registered: ${name}`);
  for await (const { agent_id } of executor.list()) if (agent_id === agent) break;
  await executor.memory(agent).put('k', 1);
  demand((await executor.memory(agent).get('k'))?.value === 1, 'an agent remembers');
  // A label that cannot be put lets its submission fail; without its index there is no list of failed tasks.
  const scheduled_at = new Date(Date.now() + 3_600_000).toISOString();
  const tagged = await client.submit({ type: 'echo', payload: 1, tags: [agent], scheduled_at });
  const listed = await request(`/tasks?tag=${agent}`, { role: 'task_submitter' });
  demand(listed.text.includes(tagged.task_id), `a task is listed by its tag: ${listed.text}`);
  demand(
    (await request('/tasks?status=failed', { role: 'admin' })).status === 200,
    'failed tasks are listed',
  );

  for (const path of ['/tasks?limit=1', `/agents/${agent}/tasks?limit=1`]) {
    const page = await request(path, { role: 'task_submitter' });
    const { items = [], next_cursor } = (page.body ?? {}) as { items?: unknown[]; next_cursor?: string };
    demand(page.status === 200 && items.length === 1 && typeof next_cursor === 'string', `${path} is listed`);
  }
  const { task_id } = first.body as { task_id: string };
  demand((await client.cancel(tagged.task_id)).status === 'cancelled', 'a task is cancelled');
  demand((await request(`/tasks/${task_id}/history`, { role: 'admin' })).status === 200, 'a history is read');

  const uploaded = await submitUpload('"uploaded"');
  demand(
    (uploaded.body as { payload?: unknown }).payload === 'uploaded',
    `an upload is submitted: ${JSON.stringify(uploaded)}`,
  );
  demand(
    (await submitUpload(undefined)).status === 422,
    'an upload that was never put is told from one that was',
  );

  const lease = crypto.randomUUID();
  const claimed = await putRow(
    aSleepingRow({ type: 'agent', agent_id: agent, lease_id: lease, claimable_at: Date.now() + 60_000 }),
  );
  const completion = {
    method: 'POST',
    role: 'task_executor',
    body: JSON.stringify({ lease_token: lease, output: 1 }),
  } as const;
  const completed = await request(`/tasks/${claimed.task_id}/complete`, completion);
  demand(completed.status === 200, `an agent ends its task: ${completed.text}`);

  const ordered = await client.submit(
    { type: 'echo', payload: 1, ordering_key: agent },
    { idempotencyKey: null },
  );
  demand(ordered.status === 'queued', 'an ordered task has its place before it is accepted');

  // Without the express message a critical task waits for the dispatcher's copy, 30 s.
  const express = await client.submit({ type: 'echo', payload: 1, priority: 1 });
  const isDone = async () => (await readRow(express.task_id))?.status === 'completed';
  await until('an express task to complete', isDone, { withinMs: 10_000 });
}

export async function probeApiOfLanes(): Promise<void> {
  await probeApi();
  await probeLaneRoutes();
}
