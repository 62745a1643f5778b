import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAs } from '../support/api.ts';
import { readRow } from '../support/table-scan.ts';
import { until } from '../support/until.ts';

const client = () => clientAs('task_submitter');

/** A server that notes what begins and ends, and answers as the test says. */
let server: Server;
let origin: string;
interface Seen {
  readonly path: string;
  readonly beganMs: number;
  endedMs?: number;
  readonly status: number;
}
const seen: Seen[] = [];
let statusOf: (path: string) => number = () => 200;
let openMs = 0;

beforeAll(async () => {
  server = createServer((incoming, response) => void answer(incoming.url ?? '', response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function answer(path: string, response: ServerResponse): void {
  const one: Seen = { path, beganMs: performance.now(), status: statusOf(path) };
  seen.push(one);
  setTimeout(() => {
    one.endedMs = performance.now();
    response.writeHead(one.status).end('{}');
  }, openMs);
}

const seenBelow = (prefix: string) => seen.filter(({ path }) => path.startsWith(prefix));
const aTask = (path: string, ordering_key: string, more: object = {}) => ({
  type: 'http_request',
  payload: { url: `${origin}${path}` },
  ordering_key,
  retry: { max_attempts: 4, initial_delay_seconds: 1, jitter: 'none' as const },
  ...more,
});

describe('20 keys of 30 tasks', () => {
  const KEYS = 20;
  const TASKS = 30;

  it('run each key strictly in order, with failing heads, and the keys side by side', async () => {
    // The first of every key, and a later one of some, fail at first.
    const tries = new Map<string, number>();
    statusOf = (path) => {
      const [, , key, n] = path.split('/').map(Number);
      const fails = n === 0 ? 1 : n === 15 && (key ?? 0) % 5 === 0 ? 2 : 0;
      tries.set(path, (tries.get(path) ?? 0) + 1);
      return (tries.get(path) ?? 0) <= fails ? 503 : 200;
    };
    openMs = 20;
    const startedMs = performance.now();
    // Mixed as they may come: a batch with a task of each key, one after the other.
    const ids: string[] = [];
    for (let n = 0; n < TASKS; n += 1) {
      const tasks = Array.from({ length: KEYS }, (_, key) => aTask(`/order/${key}/${n}`, `key-${key}`));
      ids.push(...(await client().submitBatch(tasks)).items.map(({ task_id }) => task_id));
    }
    await until(
      'all tasks to complete',
      async () => {
        const last = await Promise.all(ids.slice(-KEYS).map((id) => readRow(id)));
        return last.every((row) => row?.status === 'completed');
      },
      { withinMs: 110_000 },
    );
    const seconds = (performance.now() - startedMs) / 1000;

    for (let key = 0; key < KEYS; key += 1) {
      const calls = seenBelow(`/order/${key}/`);
      const order = calls.map(({ path }) => Number(path.split('/').at(-1)));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(new Set(order).size).toBe(TASKS);
      // One at a time: none begins before the one before it has ended.
      calls.forEach(({ beganMs }, at) => {
        expect(beganMs).toBeGreaterThanOrEqual(calls[at - 1]?.endedMs ?? 0);
      });
      expect(order.filter((n) => n === 0)).toHaveLength(2);
      expect(order.filter((n) => n === 15)).toHaveLength(key % 5 === 0 ? 3 : 1);
    }
    const atOnce = mostAtOnce(seenBelow('/order/'));
    console.log(
      `${KEYS} keys of ${TASKS} tasks: ${seconds.toFixed(1)} s, ${seenBelow('/order/').length} calls, at most ${atOnce} keys at once`,
    );
    expect(atOnce).toBeGreaterThan(1);
  });
});

/** How many calls were open at the same time. */
function mostAtOnce(calls: readonly Seen[]): number {
  return Math.max(
    ...calls.map(
      ({ beganMs }) => calls.filter((one) => one.beganMs <= beganMs && (one.endedMs ?? 0) > beganMs).length,
    ),
  );
}

describe('a head that is tried again', () => {
  it('holds its key, and only that', async () => {
    statusOf = (path) => (path === '/held/a/0' ? 503 : 200);
    const retry = { max_attempts: 2, initial_delay_seconds: 4, jitter: 'none' as const };
    const head = await client().submit(aTask('/held/a/0', 'held-a', { retry }));
    const behind = await client().submit(aTask('/held/a/1', 'held-a'));
    await until('the head to fail', () => seenBelow('/held/a/0').length === 1);
    const other = await client().submit(aTask('/held/b/0', 'held-b'));
    expect(await client().wait(other.task_id)).toMatchObject({ status: 'completed' });
    expect([seenBelow('/held/a/').length, (await client().get(behind.task_id)).status]).toEqual([
      1,
      'queued',
    ]);
    expect(await client().wait(head.task_id)).toMatchObject({ status: 'failed', attempt: 2 });
    expect(await client().wait(behind.task_id)).toMatchObject({ status: 'completed' });
    expect(seenBelow('/held/a/').map(({ path }) => path)).toEqual(['/held/a/0', '/held/a/0', '/held/a/1']);
  });
});

it('a restarted head runs again in its place', async () => {
  let isFirst = true;
  statusOf = (path) => {
    if (path !== '/restarted/0' || !isFirst) return 200;
    isFirst = false;
    return 504;
  };
  openMs = 12_000;
  const head = await client().submit(aTask('/restarted/0', 'restarted', { timeout_seconds: 30 }));
  const behind = await client().submit(aTask('/restarted/1', 'restarted'));
  await until('the head to run', () => seenBelow('/restarted/0').length === 1);
  openMs = 0;
  await clientAs('admin').restart(head.task_id);
  expect(await client().wait(head.task_id)).toMatchObject({ status: 'completed', attempt: 2 });
  expect(await client().wait(behind.task_id)).toMatchObject({ status: 'completed' });
  expect(seenBelow('/restarted/').map(({ path }) => path)).toEqual([
    '/restarted/0',
    '/restarted/0',
    '/restarted/1',
  ]);
});

it('an ordered task with a time starts at its time, and takes its place then', async () => {
  statusOf = () => 200;
  openMs = 0;
  const dueMs = Date.now() + 3000;
  const later = await client().submit(
    aTask('/due/0', 'due', { scheduled_at: new Date(dueMs).toISOString() }),
  );
  const now = await client().submit(aTask('/due/1', 'due'));
  expect(await client().wait(now.task_id)).toMatchObject({ status: 'completed' });
  const task = await client().wait(later.task_id);
  expect(task).toMatchObject({ status: 'completed', attempt: 1 });
  expect(seenBelow('/due/').map(({ path }) => path)).toEqual(['/due/1', '/due/0']);
  const lateMs = Date.parse(task.started_at ?? '') - dueMs;
  console.log(`an ordered task started ${lateMs} ms after its time`);
  expect(lateMs).toBeGreaterThanOrEqual(0);
});

it('tasks of one fairness_key run side by side: it only shares a lane', async () => {
  statusOf = () => 200;
  openMs = 1000;
  const tasks = Array.from({ length: 6 }, (_, n) => ({
    type: 'http_request',
    payload: { url: `${origin}/fair/${n}` },
    fairness_key: 'one',
  }));
  const { items } = await client().submitBatch(tasks);
  for (const { task_id } of items)
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed' });
  expect(mostAtOnce(seenBelow('/fair/'))).toBeGreaterThan(1);
});
