import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttemptResult } from '../../core/attempt-result.ts';
import { objectsOf } from '../../core/object-keys.ts';
import type { ReceivedMessage } from '../../core/ports.ts';
import { relatedTasksOf, WEBHOOK_TYPE } from '../../core/related-tasks.ts';
import { cacheKeyOf } from '../../core/result-cache.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { presenceKey } from '../../functions/shared/adapters/agent-item.ts';
import { DynamoDbResultCache } from '../../functions/shared/adapters/dynamodb-result-cache.ts';
import { payloadItem, resultItem } from '../../functions/shared/adapters/result-item.ts';
import { taskItem } from '../../functions/shared/adapters/task-item.ts';
import { backOff } from '../../functions/shared/container.ts';
import { clientAs, request } from './api.ts';
import { aMessage, aResult, aRow, newTaskId } from './builders.ts';
import { injectFaults } from './controls.ts';
import { demand } from './demand.ts';
import {
  aRetriedRow,
  aTellingRow,
  probeAbandoned,
  probeRelease,
  probeSubmission,
} from './dependency-probes.ts';
import { dynamoDb, output } from './emulator-clients.ts';
import { createExampleFunction, EXAMPLE_FUNCTION } from './example-function.ts';
import { invoke } from './invoke.ts';
import { probeLaneRoutes, probeLaneSwitch } from './lane-probes.ts';
import { objectKeysOf, submitUpload, withLargeOutput, withLargePayload } from './large-value-probes.ts';
import { aCompletedRow, aSleepingRow, putRow, send } from './probe-rows.ts';
import { aLaneEvent, anSqsRecord } from './sqs-event.ts';
import { readRow, resultsOf } from './table-scan.ts';
import { until } from './until.ts';

/** Uses everything that a function may do, and throws when something of it does not come about. */
export interface Probe {
  readonly run: () => Promise<void>;
  /** Grants that a service uses in the function's name, unasked by the emulator. */
  readonly simulates?: (action: string, resources: readonly string[]) => boolean;
  /** Actions of which it uses every resource, so that each may be taken away alone. @default none */
  readonly splits?: readonly string[];
}

const PRIORITIES = [1, 3, 5, 8];
/** An index follows its table within a second. */
const SOON = { withinMs: 5000 };
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:';

const queueName = (queueOutput: string): string => output(queueOutput).split('/').at(-1) ?? '';

const laneEvent = (queueOutput: string, ...rows: TaskRow[]) =>
  aLaneEvent(
    rows.map((row): ReceivedMessage => aMessage(row)),
    QUEUE_ARN + queueName(queueOutput),
  );

async function withStoredPayload(row: TaskRow): Promise<TaskRow> {
  const { payload: _, ...rest } = row;
  const item = { task_id: row.task_id, attempt: 0, payload: '"stored"', expires_at: 2e9 } as const;
  await dynamoDb().send(
    new PutItemCommand({ TableName: output('ResultsTable'), Item: payloadItem.encode(item) }),
  );
  return { ...rest, payload_stored: true };
}

const keepsNothing = async (functionOutput: string, event: unknown): Promise<string> => {
  const { payload, log } = await invoke(functionOutput, event);
  demand(JSON.stringify(payload) === '{"batchItemFailures":[]}', `${functionOutput} keeps nothing: ${log}`);
  return log;
};

const isCompleted = async (row: TaskRow): Promise<boolean> =>
  (await readRow(row.task_id))?.status === 'completed';

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

async function probeExecutor(): Promise<void> {
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

async function probeTimers(): Promise<void> {
  const shard = crypto.randomUUID();
  // Scheduled far ahead, so that no message wakes it before the sweep.
  const far = aRow({ scheduled_at: Date.now() + 3_600_000 });
  const over = await putRow({ ...far, deadline: 1, timer_at: 1, timer_in: shard });
  const { failed, log } = await invoke('TimersFunctionName', { shard });
  demand(!failed, `the sweep ends: ${log}`);
  demand((await readRow(over.task_id))?.status === 'failed', 'a deadline is kept');
  await probeAbandoned();

  const ordered = aRow({ ordering_key: crypto.randomUUID() });
  const unsent = await putRow({ ...ordered, timer_at: 1, timer_in: shard });
  await invoke('TimersFunctionName', { shard });
  await until('the net of an ordered task to send it', () => isCompleted(unsent), { withinMs: 10_000 });
}

/** Filters that match nothing, one for each index that a bulk task may walk over. */
const BULK_FILTERS = [
  { type: 'none', created_after: new Date(Date.now() - 3_600_000).toISOString() },
  { type: 'none', status: 'failed' },
  { type: 'none', agent_id: 'none' },
] as const;

/** A bulk task that may not read its index fails its attempt. */
async function probeBulk(): Promise<void> {
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

async function probeDeadLetter(): Promise<void> {
  const dead = await putRow(aSleepingRow());
  await keepsNothing('DeadLetterFunctionName', laneEvent('NormalDeadLetterQueueUrl', dead));
  demand((await readRow(dead.task_id))?.status === 'failed', 'the dead letter ends its task');

  const held = await putRow(aSleepingRow({ claimable_at: Date.now() + 3000 }));
  await send('NormalDeadLetterQueueUrl', held);
  const isFailed = async () => (await readRow(held.task_id))?.status === 'failed';
  await until('a dead letter to come back when its task is free', isFailed, { withinMs: 12_000 });
}

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

async function putResult(result: AttemptResult): Promise<void> {
  await dynamoDb().send(
    new PutItemCommand({ TableName: output('ResultsTable'), Item: resultItem.encode(result) }),
  );
}

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

async function probeDispatcher(): Promise<void> {
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

async function probeRedo(): Promise<void> {
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

async function probeApiOfLanes(): Promise<void> {
  await probeApi();
  await probeLaneRoutes();
}

/** An agent claims a task after an attempt that ended without a word, and the payload is an item of its own. */
async function probeClaims(): Promise<void> {
  const agentId = `agent-${crypto.randomUUID()}`;
  const call = (path: string, method: string, body: object) =>
    request(path, { method, role: 'task_executor', body: JSON.stringify(body) });
  await call(`/agents/${agentId}`, 'PUT', {});
  await dynamoDb().send(
    new UpdateItemCommand({
      TableName: output('ControlTable'),
      Key: presenceKey(agentId),
      UpdateExpression: 'SET last_seen = :long_ago',
      ExpressionAttributeValues: { ':long_ago': { N: '1' } },
    }),
  );
  const task = aRow({ type: 'agent', agent_id: agentId });
  await putRow(await withStoredPayload({ ...task, attempt: 1 }));
  let claims: { lease_token: string }[] = [];
  await until(
    'the mailbox to have the task',
    async () => {
      const { status, body, text } = await call(`/agents/${agentId}/claims`, 'POST', {});
      demand(status === 200, `an agent claims: ${text}`);
      claims = (body as { claims: typeof claims }).claims;
      return claims.length === 1;
    },
    SOON,
  );
  const agent = (await request(`/agents/${agentId}`, { role: 'admin' })).body as { available?: boolean };
  demand(agent.available === true, 'an agent that claims is heard of');

  const small = aRow({ type: 'agent', agent_id: agentId });
  const lost = aRow({ type: 'agent', agent_id: agentId });
  await putRow(await withLargePayload(small, '"object"'));
  await putRow({ ...(await withLargePayload(lost, undefined)), payload_bytes: 3 });
  const payloads: unknown[] = [];
  await until(
    'the mailbox to have the tasks whose payloads are objects',
    async () => {
      const { status, body, text } = await call(`/agents/${agentId}/claims`, 'POST', { max_tasks: 2 });
      demand(status === 200, `a lost payload is told: ${text}`);
      payloads.push(
        ...(body as { claims: { task: { payload: unknown } }[] }).claims.map(({ task }) => task.payload),
      );
      return payloads.length === 2;
    },
    SOON,
  );
  demand(
    payloads.includes('object') && payloads.includes(null),
    `payloads are read: ${JSON.stringify(payloads)}`,
  );
}

async function probeWait(): Promise<void> {
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

/** The probe of each function that may do anything, by the function's stack output. */
export const PROBES: Readonly<Record<string, Probe>> = {
  ApiFunctionName: { run: probeApiOfLanes, splits: ['s3:GetObject', 's3:PutObject'] },
  WaitFunctionName: { run: probeWait },
  ClaimsFunctionName: { run: probeClaims },
  DispatcherFunctionName: {
    run: probeDispatcher,
    splits: ['sqs:SendMessage'],
    simulates: (_, resources) => resources.some((arn) => arn.includes('Undispatched')),
  },
  RedoFunctionName: {
    run: probeRedo,
    splits: ['sqs:SendMessage'],
    simulates: (action) => action === 'sqs:GetQueueAttributes',
  },
  TimersFunctionName: { run: probeTimers },
  ReleaseFunctionName: {
    run: probeRelease,
    simulates: (action) => action === 'sqs:GetQueueAttributes',
  },
  ExecutorFunctionName: { run: probeExecutor, simulates: (action) => action === 'sqs:GetQueueAttributes' },
  LaneSwitchFunctionName: { run: probeLaneSwitch },
  DeadLetterFunctionName: {
    run: probeDeadLetter,
    simulates: (action) => action === 'sqs:GetQueueAttributes',
  },
};
