import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAs, request } from '../support/api.ts';
import { aRow } from '../support/builders.ts';
import { invoke } from '../support/invoke.ts';
import { putRow } from '../support/probes/probe-rows.ts';
import { readRow } from '../support/table-scan.ts';
import { until } from '../support/until.ts';

const client = () => clientAs('task_submitter');

/** A server that notes when it was asked for a path, and answers as the test says. */
let server: Server;
let origin: string;
const asked = new Map<string, number[]>();
const closed = new Map<string, number>();
let answer: (path: string, response: ServerResponse) => void = (_, response) => response.end('{}');

beforeAll(async () => {
  server = createServer((incoming, response) => {
    const path = incoming.url ?? '';
    asked.set(path, [...(asked.get(path) ?? []), Date.now()]);
    response.on('close', () => {
      if (!response.writableEnded) closed.set(path, Date.now());
    });
    answer(path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const gapsOf = (path: string) => {
  const times = asked.get(path) ?? [];
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
};
const fails = (status: number, headers: Record<string, string> = {}) => {
  answer = (_, response) => response.writeHead(status, headers).end();
};

describe('a failing task', () => {
  it('is tried again after 1, 2 and 4 seconds', async () => {
    fails(500);
    const { task_id } = await client().submit({
      type: 'http_request',
      payload: { url: `${origin}/back-off` },
      retry: { max_attempts: 4, initial_delay_seconds: 1, backoff_factor: 2, jitter: 'none' },
    });
    const task = await client().wait(task_id);
    expect(task).toMatchObject({
      status: 'failed',
      attempt: 4,
      error: { code: 'http_status', details: { attempts: 4, exhausted: true } },
    });
    const gaps = gapsOf('/back-off');
    console.log(`gaps of a back-off of 1, 2, 4 s: ${gaps.join(', ')} ms`);
    expect(gaps).toHaveLength(3);
    gaps.forEach((gap, index) => {
      expect(gap).toBeGreaterThanOrEqual(1000 * 2 ** index);
    });
  });

  it('is tried once when its error is never retried', async () => {
    fails(404);
    const { task_id } = await client().submit({
      type: 'http_request',
      payload: { url: `${origin}/gone` },
      retry: { max_attempts: 5 },
    });
    expect(await client().wait(task_id)).toMatchObject({ status: 'failed', attempt: 1 });
    expect(asked.get('/gone')).toHaveLength(1);
  });

  it('waits as long as a server asks it to', async () => {
    let busy = true;
    answer = (_, response) => {
      if (busy) response.writeHead(503, { 'retry-after': '3' });
      busy = false;
      response.end('{}');
    };
    const { task_id } = await client().submit({
      type: 'http_request',
      payload: { url: `${origin}/busy` },
      retry: { initial_delay_seconds: 0, jitter: 'none' },
    });
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed', attempt: 2 });
    console.log(`gap of a 503 with Retry-After 3: ${gapsOf('/busy').join()} ms`);
    expect(gapsOf('/busy')[0]).toBeGreaterThanOrEqual(3000);
  });

  it('starts again by hand, counting its attempts on', async () => {
    fails(404);
    const { task_id } = await client().submit({ type: 'http_request', payload: { url: `${origin}/again` } });
    await client().wait(task_id);
    answer = (_, response) => response.end('{}');
    const retried = await client().retry(task_id);
    expect(retried).toMatchObject({ attempt: 1, error: null });
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed', attempt: 2 });
    const { items } = await client().history(task_id);
    expect(items.map(({ to }) => to)).toEqual([
      'queued',
      'processing',
      'failed',
      'queued',
      'processing',
      'completed',
    ]);
  });
});

describe('cancelling', () => {
  it('closes the connection of a running http_request', async () => {
    answer = () => undefined;
    const { task_id } = await client().submit({ type: 'http_request', payload: { url: `${origin}/hangs` } });
    await until('the request to come', () => asked.has('/hangs'));
    const asksAtMs = Date.now();
    expect(await client().cancel(task_id)).toMatchObject({ status: 'processing' });
    const task = await client().wait(task_id);
    expect(task).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
    const closedAfterMs = (closed.get('/hangs') ?? Number.NaN) - asksAtMs;
    const endedAfterMs = Date.parse(task.completed_at ?? '') - asksAtMs;
    console.log(
      `cancel of a running task: connection closed after ${closedAfterMs} ms, ended after ${endedAfterMs} ms`,
    );
    expect(closed.has('/hangs')).toBe(true);
    const result = await client().result(task_id);
    expect(result).toMatchObject({ status: 'cancelled', output: null });
  });

  it('ends a scheduled task at once, and then is refused', async () => {
    const { task_id } = await client().submit({
      type: 'echo',
      payload: 1,
      scheduled_at: new Date(Date.now() + 600_000).toISOString(),
    });
    expect(await client().cancel(task_id)).toMatchObject({ status: 'cancelled' });
    await expect(client().cancel(task_id)).rejects.toMatchObject({ code: 'invalid_state_transition' });
  });
});

describe('time', () => {
  it('starts a scheduled task at its time', async () => {
    const dueMs = Date.now() + 3000;
    const { task_id, status } = await client().submit({
      type: 'echo',
      payload: 1,
      scheduled_at: new Date(dueMs).toISOString(),
    });
    expect(status).toBe('scheduled');
    const task = await client().wait(task_id);
    const lateMs = Date.parse(task.started_at ?? '') - dueMs;
    console.log(`a task scheduled 3 s ahead started ${lateMs} ms late`);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(task).toMatchObject({ status: 'completed', scheduled_at: new Date(dueMs).toISOString() });
  });

  it('brings a task that was scheduled far ahead to its lane by the sweep, however often that runs', async () => {
    const dueMs = Date.now() + 4000;
    // As it is when the sweep has found it late: due now, and still given to the timers.
    const far = aRow({ scheduled_at: Date.now() + 3_600_000 }, { nowMs: Date.now() });
    const row = { ...far, scheduled_at: dueMs, claimable_at: dueMs, timer_at: dueMs };
    await putRow(row);
    const shard = row.timer_in ?? '';
    await until('the index to have it', async () => {
      await Promise.all([1, 2].map(() => invoke('TimersFunctionName', { shard })));
      return (await readRow(row.task_id))?.generation === 2;
    });
    const task = await client().wait(row.task_id);
    expect(task).toMatchObject({ status: 'completed', attempt: 1 });
    expect(Date.parse(task.started_at ?? '')).toBeGreaterThanOrEqual(dueMs);
  });

  it('fails a waiting task at its deadline', async () => {
    const scheduled_at = new Date(Date.now() + 500_000).toISOString();
    const { task_id } = await client().submit({ type: 'echo', payload: 1, scheduled_at });
    // A deadline is after scheduled_at: bring both to the past of the sweep.
    const row = await readRow(task_id);
    if (row === undefined) throw new Error('the task is stored');
    await putRow({ ...row, deadline: Date.now() - 1, timer_at: Date.now() - 1, timer_in: '0' });
    await until('the sweep to find it', async () => {
      await invoke('TimersFunctionName', { shard: '0' });
      return (await readRow(task_id))?.status === 'failed';
    });
    expect((await client().get(task_id)).error).toMatchObject({ code: 'deadline_exceeded' });
  });

  it('ends a running attempt at the deadline of its task', async () => {
    answer = () => undefined;
    const { task_id } = await client().submit({
      type: 'http_request',
      payload: { url: `${origin}/too-long` },
      deadline: new Date(Date.now() + 2500).toISOString(),
    });
    expect(await client().wait(task_id)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'deadline_exceeded', retryable: false },
    });
  });
});

describe('changing', () => {
  it('moves a scheduled task to another lane and another time', async () => {
    const scheduled_at = new Date(Date.now() + 600_000).toISOString();
    const submitted = await client().submit({ type: 'echo', payload: 1, scheduled_at, priority: 9 });
    const patched = await client().change(
      submitted.task_id,
      { priority: 3, scheduled_at: null, tags: ['now'] },
      { ifVersion: submitted.version },
    );
    expect(patched).toMatchObject({ lane: 'high', scheduled_at: null, tags: ['now'] });
    expect(await client().wait(submitted.task_id)).toMatchObject({
      status: 'completed',
      lane: 'high',
      attempt: 1,
    });
    await expect(client().change(submitted.task_id, { priority: 1 })).rejects.toMatchObject({
      code: 'invalid_state_transition',
    });
  });

  it('restarts a running task: the attempt of before is not counted', async () => {
    const responses: ServerResponse[] = [];
    answer = (_, response) => void responses.push(response);
    const { task_id } = await client().submit({ type: 'http_request', payload: { url: `${origin}/stuck` } });
    await until('the first attempt to run', () => responses.length === 1);
    const { status } = await request(`/tasks/${task_id}/restart`, { method: 'POST', role: 'admin' });
    expect(status).toBe(200);
    await until('the next attempt to run', () => responses.length === 2);
    responses[1]?.end('by the second');
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed', attempt: 2 });
    expect((await client().result(task_id)).output).toMatchObject({ body: 'by the second' });
  });
});
