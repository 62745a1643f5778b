import { afterAll, describe, expect, test } from 'vitest';
import { createExpressionPool } from '../../../functions/shared/expressions/expression-pool.ts';
import { createGuardedClient } from '../../../functions/shared/http/guarded-client.ts';
import { dataProcessing, dataProcessingTask } from '../../../functions/tasks/data-processing.ts';
import { loopbackServer } from '../../support/loopback-server.ts';
import { payloadProblems, type TaskContextOptions, taskContext } from '../../support/task-context.ts';

const pool = createExpressionPool({ size: 1 });
afterAll(() => pool.end());

const task = dataProcessingTask({
  send: createGuardedClient({ allowLoopback: true }),
  evaluate: pool.evaluate,
  nowMs: () => Date.parse('2026-11-21T10:00:00Z'),
});

const process = async (payload: unknown, options?: TaskContextOptions) =>
  task.run(taskContext(task, payload, options));

describe('data_processing', () => {
  test.each([
    [{ data: { a: [1, 2, 3] }, expression: '$sum(a)' }, 6],
    [{ data: [1, 2], expression: '$[0]' }, 1],
    [{ data: null, expression: '$ = null' }, true],
    [{ data: 'text', expression: '$uppercase($)' }, 'TEXT'],
    [{ data: {}, expression: 'nothing' }, null],
  ])('gives the result of the expression: %j', async (payload, result) => {
    expect(await process(payload)).toEqual({ result });
  });

  test.each([
    [
      '$error("wrong data")',
      'the expression failed: wrong data',
      { code: 'D3137', position: 7, token: 'error' },
    ],
    [
      '($f := function() { $f() }; $f())',
      'the expression failed: it did not end within 0.2 s',
      { limit_seconds: 0.2 },
    ],
    ['$sum', 'the expression failed: the result is a function', undefined],
  ])('fails at once when the expression does: %s', async (expression, message, details) => {
    await expect(process({ data: {}, expression }, { timeoutSeconds: 0.2 })).rejects.toMatchObject({
      code: 'expression_failed',
      retryable: false,
      message,
      details,
    });
  });

  test('is aborted by its signal', async () => {
    const controller = new AbortController();
    const run = process(
      { data: {}, expression: '($f := function() { $f() }; $f())' },
      { signal: controller.signal },
    );
    controller.abort(new Error('cancelled'));
    await expect(run).rejects.toThrow('cancelled');
  });
});

describe('data_processing of a data_url', () => {
  const serving = (body: string | Buffer, status = 200, headers: Record<string, string> = {}) =>
    loopbackServer((_request, response) => response.writeHead(status, headers).end(body));

  test('fetches 10,000 records and aggregates them', async () => {
    // GIVEN
    const records = Array.from({ length: 10_000 }, (_, n) => ({ n, even: n % 2 === 0, name: `record ${n}` }));
    const server = await serving(JSON.stringify(records));
    // WHEN
    const output = await process({
      data_url: server.origin,
      expression: '{"count": $count($), "sum": $sum($[even].n)}',
    });
    // THEN
    expect(output).toEqual({ result: { count: 10_000, sum: 24_995_000 } });
    expect(server.requests).toMatchObject([{ method: 'GET', headers: { accept: 'application/json' } }]);
  });

  test.each(['', '<html>', '{"a": 1'])('fails, to be tried again, when it is no JSON: %j', async (body) => {
    const server = await serving(body);
    await expect(process({ data_url: server.origin, expression: '$' })).rejects.toMatchObject({
      code: 'invalid_response',
      message: expect.stringContaining('the data at data_url is no JSON'),
    });
  });

  test('fails when it is larger than 5 MB', async () => {
    const server = await serving(Buffer.alloc(5 * 1024 * 1024 + 1, ' '));
    await expect(process({ data_url: server.origin, expression: '$' })).rejects.toMatchObject({
      code: 'invalid_response',
      retryable: false,
    });
  });

  test.each([
    [503, true, 9],
    [404, false, undefined],
  ])('fails on the status %i as http_request does', async (status, retryable, retryAfterSeconds) => {
    const server = await serving('', status, { 'retry-after': '9' });
    await expect(process({ data_url: server.origin, expression: '$' })).rejects.toMatchObject({
      code: 'http_status',
      retryable,
      retryAfterSeconds,
    });
  });

  test('fails on loopback unless it was built for the stage local', async () => {
    const server = await serving('1');
    const context = taskContext(dataProcessing, { data_url: server.origin, expression: '$' });
    await expect(dataProcessing.run(context)).rejects.toMatchObject({
      code: 'address_refused',
      retryable: false,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('the payload of data_processing', () => {
  const data_url = 'https://api.example.com/';

  test.each([
    ['no data', { expression: '$' }, '', 'give exactly one of data and data_url; found neither'],
    [
      'data twice',
      { data: null, data_url, expression: '$' },
      '',
      'give exactly one of data and data_url; found both',
    ],
    ['no expression', { data: 1 }, '/expression', 'Invalid input: expected string, received undefined'],
    ['a url that is none', { data_url: 'x', expression: '$' }, '/data_url', 'the URL is not absolute'],
    ['an unknown field', { data: 1, expression: '$', timeout: 1 }, '', 'Unrecognized key: "timeout"'],
    [
      'an expression that is not JSONata',
      { data: 1, expression: '$sum(' },
      '/expression',
      'the expression is not JSONata at position 5: Expected ")" before end of expression',
    ],
    [
      'a long expression',
      { data: 1, expression: ' '.repeat(16_385) },
      '/expression',
      'has 16385 bytes; the limit is 16384',
    ],
  ])('fails with %s', (_, payload, path, message) => {
    expect(payloadProblems(dataProcessing, payload)).toEqual([[path, expect.stringContaining(message)]]);
  });
});
