import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANES } from '../../core/lane.ts';
import { clientAs } from '../support/api.ts';
import { resultsOf, rowsTagged } from '../support/table-scan.ts';
import { until } from '../support/until.ts';

const client = () => clientAs('task_submitter');

describe('a task', () => {
  it.each([1, 3, 5, 8])('of priority %i goes from submission to its stored result', async (priority) => {
    const submitted = await client().submit({ type: 'echo', payload: { hello: 'world' }, priority });
    expect(submitted).toMatchObject({ status: 'queued', version: 1, attempt: 0 });

    const task = await client().wait(submitted.task_id);
    expect(task).toMatchObject({ status: 'completed', version: 3, attempt: 1, payload: { hello: 'world' } });
    expect(task.lane).toBe(LANES[[1, 3, 5, 8].indexOf(priority)]);

    const result = await client().result(submitted.task_id);
    expect(result).toMatchObject({
      status: 'completed',
      output: { hello: 'world' },
      error: null,
      cached: false,
    });
    expect(result.attempts).toHaveLength(1);

    const { items } = await client().history(submitted.task_id);
    expect(items.map(({ from, to }) => [from, to])).toEqual([
      [null, 'queued'],
      ['queued', 'processing'],
      ['processing', 'completed'],
    ]);
  });

  it('with a payload that its row does not hold comes back whole', async () => {
    const payload = { text: 'ä'.repeat(60_000) };
    const { task_id } = await client().submit({ type: 'echo', payload });
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed', payload });
    expect((await client().result(task_id)).output).toEqual(payload);
  });

  it('whose expression never ends fails alone', async () => {
    const endless = '( $f := function($n) { $f($n + 1) }; $f(0) )';
    const tasks = await client().submitBatch([
      { type: 'data_processing', payload: { data: {}, expression: endless } },
      ...Array.from({ length: 9 }, (_, n) => ({ type: 'echo', payload: n })),
    ]);
    const ended = await Promise.all(tasks.items.map(({ task_id }) => client().wait(task_id)));
    expect(ended.map(({ status }) => status)).toEqual([
      'failed',
      ...Array.from({ length: 9 }, () => 'completed'),
    ]);
    expect(ended[0]?.error).toMatchObject({ code: 'expression_failed', retryable: false });
  });
});

describe('http_request and data_processing', () => {
  let server: Server;
  let url: string;
  let busyAnswers = 2;
  const records = Array.from({ length: 10_000 }, (_, n) => ({ region: `r${n % 7}`, amount: n }));

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/busy' && busyAnswers-- > 0)
        return void response.writeHead(503, { 'retry-after': '1' }).end();
      if (request.url === '/gone') return void response.writeHead(404).end();
      response.setHeader('content-type', 'application/json');
      if (request.url === '/records') return void response.end(JSON.stringify(records));
      response.end(JSON.stringify({ method: request.method, path: request.url }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('reaches a server and stores its answer', async () => {
    const { task_id } = await client().submit({ type: 'http_request', payload: { url: `${url}/rates` } });
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed', error: null });
    expect((await client().result(task_id)).output).toMatchObject({
      status: 200,
      body: { method: 'GET', path: '/rates' },
    });
  });

  it('tries a busy server again when it says, and a missing page never', async () => {
    const [busy, gone] = await Promise.all(
      ['/busy', '/gone'].map((path) =>
        client().submit({ type: 'http_request', payload: { url: url + path } }),
      ),
    );
    const after = await client().wait(busy?.task_id ?? '');
    expect(after).toMatchObject({ status: 'completed', attempt: 3 });
    const { attempts } = await client().result(after.task_id);
    expect(attempts.map(({ error }) => error?.code ?? null)).toEqual(['http_status', 'http_status', null]);
    const starts = attempts.map(({ started_at }) => Date.parse(started_at ?? ''));
    for (const [index, at] of starts.slice(1).entries())
      expect(at - (starts[index] ?? at)).toBeGreaterThanOrEqual(1000);
    expect(await client().wait(gone?.task_id ?? '')).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'http_status', retryable: false },
    });
  });

  it('aggregates 10,000 records', async () => {
    const { task_id } = await client().submit({
      type: 'data_processing',
      payload: { data_url: `${url}/records`, expression: '$sum(amount)' },
    });
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed', error: null });
    expect((await client().result(task_id)).output).toEqual({ result: 49_995_000 });
  });
});

describe('5,000 tasks in batches of 500 over all ten priorities', () => {
  it('are all completed, each result there once', { timeout: 200_000 }, async () => {
    const tag = `flood-${crypto.randomUUID()}`;
    const batches = Array.from({ length: 10 }, (_, batch) =>
      Array.from({ length: 500 }, (_, n) => ({
        type: 'echo',
        payload: { batch, n },
        priority: (n % 10) + 1,
        tags: [tag],
      })),
    );
    for (const batch of batches) await client().submitBatch(batch);

    const rows = await until(
      '5,000 completed tasks',
      async () => {
        const all = await rowsTagged(tag);
        return [...all.values()].every(({ status }) => status === 'completed') && all;
      },
      { withinMs: 170_000, everyMs: 3000 },
    );
    expect(rows.size).toBe(5000);
    const results = await resultsOf(new Set(rows.keys()));
    expect(results.size).toBe(5000);
    for (const [taskId, own] of results) {
      expect(own).toHaveLength(1);
      expect(own[0]?.output).toBe(rows.get(taskId)?.payload);
    }
  });
});
