import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  createExpressionPool,
  type ExpressionPool,
  type ExpressionPoolOptions,
} from '../../../../functions/shared/expressions/expression-pool.ts';
import {
  type ExpressionProcess,
  startExpressionProcess,
} from '../../../../functions/shared/expressions/expression-process.ts';

const shared = createExpressionPool({ size: 1, timeLimitSeconds: 5 });
afterAll(() => shared.end());

const never = new AbortController().signal;

function evaluate(expression: string, data: unknown = {}, pool: ExpressionPool = shared, signal = never) {
  return pool.evaluate(expression, JSON.stringify(data), { signal, attemptSeconds: 30 });
}

/** Evaluates for an attempt that has a fifth of a second. */
function evaluateBriefly(expression: string, pool: ExpressionPool = shared) {
  return pool.evaluate(expression, '{}', { signal: never, attemptSeconds: 0.2 });
}

/** A pool of one that tells of the processes it starts. */
function countingPool(options: ExpressionPoolOptions = {}) {
  const started: ExpressionProcess[] = [];
  const start = async () => {
    const process = await startExpressionProcess();
    started.push(process);
    return process;
  };
  const pool = createExpressionPool({ size: 1, timeLimitSeconds: 5, start, ...options });
  onTestFinished(() => {
    for (const process of started) process.kill();
  });
  return { pool, started };
}

const ENDLESS = '($f := function($x) { $f($x + 1) }; $f(1))';

describe('an evaluation', () => {
  test.each([
    ['$sum(a)', { a: [1, 2, 3] }, 6],
    ['a.b.c', {}, null],
    ['$', [1, [2]], [1, [2]]],
    ['a[]', { a: 1 }, [1]],
    ['{"x": a, "y": missing}', { a: 'ü' }, { x: 'ü' }],
    ['$map([1..3], function($n) { $n * $n })', {}, [1, 4, 9]],
    ['$fromMillis(0)', {}, '1970-01-01T00:00:00.000Z'],
    ['$match("a1b2", /[a-z]\\d/).match', {}, ['a1', 'b2']],
    ['$eval("1 + 1")', {}, 2],
  ])('of %s', async (expression, data, value) => {
    expect(await evaluate(expression, data)).toEqual({ ok: true, value });
  });

  test('of 10,000 records is an aggregation like any other', async () => {
    // GIVEN
    const regions = ['north', 'east', 'south', 'west'];
    const orders = Array.from({ length: 10_000 }, (_, id) => ({
      id,
      region: regions[id % 4],
      amount: id % 100,
    }));
    // WHEN
    const result = await evaluate('orders{region: {"count": $count(id), "total": $sum(amount)}}', { orders });
    // THEN
    expect(result).toEqual({
      ok: true,
      value: {
        north: { count: 2500, total: 120_000 },
        east: { count: 2500, total: 122_500 },
        south: { count: 2500, total: 125_000 },
        west: { count: 2500, total: 127_500 },
      },
    });
  });

  test('fails when the input is no JSON', async () => {
    const evaluation = await shared.evaluate('a', '{"a": ', { signal: never, attemptSeconds: 30 });
    expect(evaluation).toMatchObject({
      ok: false,
      reason: 'input',
      message: expect.stringContaining('JSON'),
    });
  });

  test.each([
    ['$error("no such order")', { code: 'D3137', position: 7 }, 'no such order'],
    ['"a" + 1', { code: 'T2001', position: 5 }, 'must evaluate to a number'],
    ['$nothing(1)', { code: 'T1006' }, 'non-function'],
    ['$assert(false, "wrong")', { code: 'D3141' }, 'wrong'],
    ['($f := function($n) { 1 + $f($n + 1) }; $f(1))', { code: 'D1011' }, 'Stack overflow'],
    [`$eval("${'('.repeat(9000)}")`, {}, ''],
  ])('fails with what JSONata says: %.50s', async (expression, details, message) => {
    expect(await evaluate(expression)).toMatchObject({
      ok: false,
      reason: 'expression',
      message: expect.stringContaining(message),
      details,
    });
  });

  test.each([
    ['$sum', 'the result is a function'],
    ['[function($x) { $x }]', 'the result at /0 is a function'],
    ['1 / 0', 'the result is Infinity'],
    ['{"a": {}} ~> | a | {"self": $} |', 'or in itself'],
    ['$reduce([1..100], function($a, $b) { [[$a]] })', 'nested deeper than 64 levels'],
    ['($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f("x", 23))', 'has more than'],
  ])('fails when the result is no JSON value: %s', async (expression, message) => {
    expect(await evaluate(expression)).toMatchObject({
      ok: false,
      reason: 'result',
      message: expect.stringContaining(message),
    });
  });
});

describe('an endless evaluation', { timeout: 20_000 }, () => {
  test('fails by time, and leaves the process warm', async () => {
    // GIVEN
    const { pool, started } = countingPool();
    const expressions = [
      ENDLESS,
      `$match("${'a'.repeat(60)}!", /^(a+)+$/)`,
      '$count([1..3000].([1..3000].($string($) & "x")))',
    ];
    for (const expression of expressions) {
      // WHEN
      const evaluation = await evaluateBriefly(expression, pool);
      // THEN
      expect(evaluation).toEqual({
        ok: false,
        reason: 'time',
        message: 'it did not end within 0.2 s',
        details: { limit_seconds: 0.2 },
      });
    }
    expect(await evaluate('1 + 1', {}, pool)).toEqual({ ok: true, value: 2 });
    expect(started).toHaveLength(1);
  });

  test('gets no more time than the pool allows', async () => {
    const { pool } = countingPool({ timeLimitSeconds: 0.1 });
    const evaluation = await evaluate(ENDLESS, {}, pool);
    expect(evaluation).toMatchObject({ ok: false, reason: 'time', details: { limit_seconds: 0.1 } });
  });

  test('is killed when the attempt is aborted, and replaced', async () => {
    // GIVEN
    const { pool, started } = countingPool();
    const controller = new AbortController();
    await evaluate('1', {}, pool);
    // WHEN
    const evaluation = evaluate(ENDLESS, {}, pool, controller.signal);
    setImmediate(() => controller.abort(new Error('cancelled')));
    // THEN
    await expect(evaluation).rejects.toThrow('cancelled');
    expect(started[0]?.alive()).toBe(false);
    expect(await evaluate('1 + 1', {}, pool)).toEqual({ ok: true, value: 2 });
    expect(started).toHaveLength(2);
  });

  test('is killed when it does not end by itself', async () => {
    // GIVEN a process that never answers
    let killed = () => {};
    const deaf: ExpressionProcess = {
      evaluate: () => new Promise((_, reject) => (killed = () => reject(new Error('killed')))),
      alive: () => true,
      kill: () => killed(),
    };
    const pool = createExpressionPool({ timeLimitSeconds: 0.01, graceMs: 10, start: async () => deaf });
    // WHEN, THEN
    expect(await evaluate('1', {}, pool)).toMatchObject({ ok: false, reason: 'time' });
  });

  test('takes nothing from the time of those that wait', async () => {
    const { pool } = countingPool();
    const [first, second, third] = await Promise.all([
      evaluateBriefly(ENDLESS, pool),
      evaluateBriefly(ENDLESS, pool),
      evaluateBriefly('"fine"', pool),
    ]);
    expect([first, second]).toMatchObject([{ reason: 'time' }, { reason: 'time' }]);
    expect(third).toEqual({ ok: true, value: 'fine' });
  });
});

describe('a pool', { timeout: 20_000 }, () => {
  test('uses a warm process again', async () => {
    const { pool, started } = countingPool();
    for (let round = 0; round < 5; round += 1) await evaluate('1', {}, pool);
    expect(started).toHaveLength(1);
  });

  test('starts no more processes than its size', async () => {
    const { pool, started } = countingPool({ size: 2 });
    const values = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => evaluate(`n * 2`, { n }, pool)));
    expect(values.map((each) => each.ok && each.value)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(started).toHaveLength(2);
  });

  test('replaces a process that died while it had nothing to do', async () => {
    const { pool, started } = countingPool();
    await evaluate('1', {}, pool);
    started[0]?.kill();
    await expect.poll(() => started[0]?.alive()).toBe(false);
    expect(await evaluate('2', {}, pool)).toEqual({ ok: true, value: 2 });
    expect(started).toHaveLength(2);
  });

  test('fails, to be tried again, when a process is killed from outside', async () => {
    const { pool, started } = countingPool();
    await evaluate('1', {}, pool);
    const evaluation = evaluate(ENDLESS, {}, pool);
    setImmediate(() => started[0]?.kill());
    await expect(evaluation).rejects.toMatchObject({ code: 'handler_error', retryable: true });
  });

  test('fails, to be tried again, when no process can be started', async () => {
    const pool = createExpressionPool({ start: () => Promise.reject(new Error('EAGAIN')) });
    await expect(evaluate('1', {}, pool)).rejects.toMatchObject({
      code: 'handler_error',
      retryable: true,
      message: 'the expression could not be evaluated: EAGAIN',
    });
  });
});
