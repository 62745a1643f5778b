import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { TasklaneClient } from '../../client/index.ts';
import { until } from '../../test/support/until.ts';
import type { Part, PartReport } from '../part.ts';
import { REFERENCE_TASK } from '../reference-task.ts';
import { percentile } from '../spread.ts';
import { textTable } from '../text-table.ts';

const PROBES = 60;
const PROBE_EVERY_MS = 200;
const SLOW_TASKS = 300;
const SLOW_MS = 1500;
const WARM_UP_TASKS = 40;

/** How much slower `critical` may be while `low` is saturated, at the 95th percentile. */
const TARGET_RATIO = 2;

/** Part 3: whether `critical` is held up by `low`. */
export const latencyPart: Part = {
  name: 'latency',
  title: `Latency of critical tasks: idle, and with the low lane saturated by ${SLOW_TASKS} tasks of ${SLOW_MS} ms`,
  run: async (shared) => {
    const deployment = await shared.deployment();
    const client = new TasklaneClient({ baseUrl: deployment.url, token: deployment.token });
    const server = await startSlowServer();
    try {
      // Starts the processes of both lanes: what follows is about lanes, not about cold starts.
      await Promise.all([
        probe(client, 10),
        submitSlow(client, server, WARM_UP_TASKS).then(untilEnded(client)),
      ]);
      const idle = await probe(client, PROBES);
      const slow = await submitSlow(client, server, SLOW_TASKS);
      await until(
        'the first slow task to run',
        async () => (await client.get(slow[0] ?? '')).status !== 'queued',
      );
      const saturated = await probe(client, PROBES);
      const last = await client.get(slow.at(-1) ?? '');
      return reportOf(idle, saturated, last.status !== 'completed');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
};

/** Latencies of single critical tasks, from acceptance to completion, by the tasks' own times. */
async function probe(client: TasklaneClient, count: number): Promise<readonly number[]> {
  const ids: string[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const { task_id } = await client.submit({ ...REFERENCE_TASK, priority: 1 });
    ids.push(task_id);
    await pause(PROBE_EVERY_MS);
  }
  const tasks = await Promise.all(ids.map((id) => client.wait(id)));
  return tasks.map(({ created_at, completed_at }) => Date.parse(completed_at ?? '') - Date.parse(created_at));
}

async function startSlowServer(): Promise<Server> {
  const server = createServer((_, response) => {
    setTimeout(() => response.end('{}'), SLOW_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function submitSlow(client: TasklaneClient, server: Server, count: number): Promise<readonly string[]> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const slow = { type: 'http_request', payload: { url }, priority: 9 };
  const { items } = await client.submitBatch(Array.from({ length: count }, () => slow));
  return items.map(({ task_id }) => task_id);
}

const untilEnded = (client: TasklaneClient) => async (ids: readonly string[]) => {
  for (const id of ids) await client.wait(id);
};

function reportOf(
  idle: readonly number[],
  saturated: readonly number[],
  stillSaturated: boolean,
): PartReport {
  const row = (name: string, latencies: readonly number[]) => [
    name,
    percentile(latencies, 0.5),
    percentile(latencies, 0.95),
    Math.max(...latencies),
  ];
  const ratio = percentile(saturated, 0.95) / percentile(idle, 0.95);
  const summary = (latencies: readonly number[]) => ({
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    max: Math.max(...latencies),
  });
  return {
    text: [
      textTable([
        ['submit to completed, ms', 'p50', 'p95', 'max'],
        row('idle', idle),
        row('low saturated', saturated),
      ]),
      stillSaturated
        ? 'The low lane was still busy after the last critical task.'
        : 'The low lane had ended before the last critical task: the second row tells too little.',
    ].join('\n\n'),
    figures: {
      idle_ms: summary(idle),
      saturated_ms: summary(saturated),
      ratio,
      still_saturated: stillSaturated,
    },
    targets: [
      {
        what: 'critical p95 with low saturated, as a multiple of idle',
        measured: ratio,
        target: TARGET_RATIO,
        bound: 'at_most',
        unit: '',
      },
    ],
  };
}
