import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WEBHOOK_TYPE } from '../../../core/related-tasks.ts';
import { cacheKeyOf } from '../../../core/result-cache.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { DynamoDbResultCache } from '../../../functions/shared/adapters/dynamodb-result-cache.ts';
import { backOff } from '../../../functions/shared/container.ts';
import { aRow } from '../builders.ts';
import { demand } from '../demand.ts';
import { dynamoDb, output } from '../emulator-clients.ts';
import { createExampleFunction, EXAMPLE_FUNCTION } from '../example-function.ts';
import { readRow, resultsOf } from '../table-scan.ts';
import { until } from '../until.ts';
import { probeBulk } from './bulk-probe.ts';
import { objectKeysOf, withLargePayload } from './large-value-probes.ts';
import { isCompleted, keepsNothing, laneEvent, withStoredPayload } from './probe-calls.ts';
import { aSleepingRow, putRow, send } from './probe-rows.ts';

/** Whether the cache has the result of this very task. */
async function isCached({ task_id, tenant, type, payload = 'null' }: TaskRow): Promise<boolean> {
  const cache = new DynamoDbResultCache({ client: dynamoDb(), table: output('ControlTable'), ...backOff });
  const key = cacheKeyOf({ tenant, type, version: 1, payload: JSON.parse(payload) });
  return (await cache.look([key], [])).entries.get(key)?.task_id === task_id;
}

/** A function that the stage lists is invoked, and the cache told of what it answered. */
async function probeInvocation(): Promise<void> {
  await createExampleFunction();
  const payload = JSON.stringify({ function_name: EXAMPLE_FUNCTION, payload: { n: 1 } });
  const row = await putRow(aSleepingRow({ type: 'lambda_invoke', payload, cache_ttl_seconds: 600 }));
  await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', row));
  demand(await isCompleted(row), 'the executor invokes a function that its stage lists');
  demand(await isCached(row), 'the executor tells the cache');
}

export async function probeExecutor(): Promise<void> {
  const payload = JSON.stringify({ key: crypto.randomUUID(), proposal: 1 });
  const remembering = await putRow(aSleepingRow({ type: 'decide_once', payload }));
  await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', remembering));
  demand(await isCompleted(remembering), 'a handler reads and writes what agents remember');

  const ran = await putRow(aSleepingRow());
  const crashed = await putRow(aSleepingRow({ failures: 0 }));
  const large = await putRow(await withStoredPayload(aSleepingRow()));
  await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', ran, crashed, large));
  for (const row of [ran, crashed, large]) demand(await isCompleted(row), 'the executor completes its tasks');

  await probeBulk();
  await probeWatch();
  await probeWebhook();
  // The output of the first is as large as its payload; the payload of the second is not there.
  const echoed = await putRow(await withLargePayload(aSleepingRow(), JSON.stringify('x'.repeat(300_000))));
  const lost = await putRow(await withLargePayload(aSleepingRow(), undefined));
  await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', echoed, lost));
  demand((await objectKeysOf(echoed)).length === 2, 'the executor puts a large output');
  demand((await readRow(lost.task_id))?.error?.code === 'payload_lost', 'a lost payload is told');
  await probeInvocation();

  // A message that comes too early goes back until its task is due, not until its visibility ends (90 s).
  const early = await putRow(aSleepingRow({ claimable_at: Date.now() + 3000 }));
  await send('NormalQueueUrl', early);
  await until('a message to come back when its task is due', () => isCompleted(early), { withinMs: 12_000 });
}

/** A task whose cancel is requested while it runs: its executor looks at its row, and ends it. */
async function probeWatch(): Promise<void> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const hanging = await putRow(
      aSleepingRow({ type: 'http_request', payload: JSON.stringify({ url }), timeout_seconds: 8 }),
    );
    server.once('request', async () => {
      const row = await readRow(hanging.task_id);
      if (row !== undefined) await putRow({ ...row, cancel_requested: true });
    });
    await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', hanging));
    const results = await resultsOf(new Set([hanging.task_id]));
    const isStopped = results.size === 0 && (await readRow(hanging.task_id))?.status === 'cancelled';
    demand(isStopped, 'a running task is stopped, not left to its time-out');
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A delivery reads its task, its result and the secret that signs it. */
async function probeWebhook(): Promise<void> {
  const ended = await putRow({ ...aRow(), status: 'completed', attempt: 1, result_attempt: 1 });
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const payload = JSON.stringify({ url, event: 'task.completed', task_id: ended.task_id });
    const delivery = await putRow(aSleepingRow({ type: WEBHOOK_TYPE, payload }));
    await keepsNothing('ExecutorFunctionName', laneEvent('NormalQueueUrl', delivery));
    demand(await isCompleted(delivery), 'a webhook is delivered');
  } finally {
    server.close();
  }
}
