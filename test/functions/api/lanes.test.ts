import { describe, expect, it } from 'vitest';
import { encodeDependency } from '../../../core/dependencies/dependency.ts';
import { LANES } from '../../../core/lane.ts';
import { failure } from '../../../core/task-failure.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { anApi, type HarnessOptions } from '../../support/api-harness.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';

const post = (api: ReturnType<typeof anApi>, path: string, more: object = {}) =>
  api.call(path, { method: 'POST', role: 'admin', ...more });

describe('a lane', () => {
  it('is paused, and resumed: its state is kept, the switch is asked to look, and the answer tells', async () => {
    const api = anApi({ pending: () => 7, maxPending: { low: 100 } });
    const paused = await post(api, '/queues/low/pause');
    expect(paused.status).toBe(200);
    expect(paused.body).toEqual({
      lane: 'low',
      paused: true,
      pending: 7,
      in_flight: 1,
      delayed: 2,
      max_concurrency: 4,
      max_pending: 100,
    });
    expect(api.switches.at(-1)).toEqual([{ lane: 'low', paused: true, changed_at: NOW_MS }]);

    const resumed = await post(api, '/queues/low/resume');
    expect(resumed).toMatchObject({ status: 200, body: { lane: 'low', paused: false } });
    expect(api.switches.at(-1)).toEqual([{ lane: 'low', paused: false, changed_at: NOW_MS }]);
  });

  it('is paused twice as well as once', async () => {
    const api = anApi();
    await post(api, '/queues/high/pause');
    expect(await post(api, '/queues/high/pause')).toMatchObject({ status: 200, body: { paused: true } });
    expect([...api.laneStates.states.keys()]).toEqual(['high']);
  });

  it('accepts tasks while it is paused', async () => {
    const api = anApi();
    await post(api, '/queues/normal/pause');
    expect((await api.post('/tasks', { type: 'echo', payload: 1 })).status).toBe(202);
  });

  it('is paused though the switch does not answer: it looks each minute', async () => {
    const api = anApi({ applyLaneStates: () => Promise.reject(new Error('throttled')) });
    expect(await post(api, '/queues/low/pause')).toMatchObject({ status: 200, body: { paused: true } });
    expect(api.laneStates.states.get('low')?.paused).toBe(true);
    expect(api.log.some(({ level, fields }) => level === 'error' && fields.lane === 'low')).toBe(true);
  });
});

const aDeadLetter = (n: number, change: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow({ priority: 9 }, { nowMs: NOW_MS + n }),
  status: 'failed',
  attempt: 3,
  failed_in: 'low',
  error: failure('dead_lettered', 'its message was received 50 times', false),
  ...change,
});

const given = (rows: readonly TaskRow[], options: HarnessOptions = {}) => {
  const api = anApi(options);
  for (const row of rows) api.tasks.rows.set(row.task_id, row);
  return api;
};

describe('a redrive', () => {
  it('gives the dead letters of its lane another life, and leaves what failed otherwise', async () => {
    const dead = [aDeadLetter(0), aDeadLetter(1)];
    const others = [
      aDeadLetter(2, { error: failure('handler_error', 'boom', true) }),
      aDeadLetter(3, { priority: 5, failed_in: 'normal' }),
      aDeadLetter(4, { expires_at: NOW_MS / 1000 }),
    ];
    const api = given([...dead, ...others]);
    const { status, body } = await post(api, '/queues/low/redrive');
    expect([status, body]).toEqual([200, { lane: 'low', matched: 2, redriven: 2, next_cursor: null }]);
    for (const { task_id } of dead) {
      const row = api.tasks.rows.get(task_id);
      expect(row).toMatchObject({ status: 'queued', generation: 2, life: { attempt: 3 } });
      expect(row).not.toHaveProperty('failed_in');
    }
    for (const row of others) expect(api.tasks.rows.get(row.task_id)).toEqual(row);
  });

  it('queues a task with dependencies that are met, and does not have it wait for them again', async () => {
    const first: TaskRow = { ...aRow(), status: 'completed' };
    const dependency = encodeDependency({ index: 0, task_id: first.task_id, condition: 'success' });
    const dead = aDeadLetter(0, { dependencies: [dependency], next_index: 1 });
    const api = given([first, dead]);
    const { body } = await post(api, '/queues/low/redrive');
    expect(body).toMatchObject({ matched: 1, redriven: 1 });
    const row = api.tasks.rows.get(dead.task_id);
    expect(row).toMatchObject({ status: 'queued', dependencies: [dependency] });
    expect(row).not.toHaveProperty('waiting_on');
  });

  it('is harmless twice', async () => {
    const row = aDeadLetter(0);
    const api = given([row]);
    await post(api, '/queues/low/redrive');
    const { body } = await post(api, '/queues/low/redrive');
    expect(body).toMatchObject({ matched: 0, redriven: 0 });
    expect(api.tasks.rows.get(row.task_id)?.generation).toBe(2);
  });

  it('goes on with a cursor where one call would take too long', async () => {
    const rows = Array.from({ length: 250 }, (_, n) => aDeadLetter(n));
    const api = given(rows);
    const readAll = api.tasks.readAll.bind(api.tasks);
    api.tasks.readAll = async (ids) => {
      await api.clock.wait(15_000);
      return await readAll(ids);
    };
    const redriven: number[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
      const { body } = await post(api, `/queues/low/redrive${query}`);
      redriven.push(body.redriven);
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(redriven).toEqual([100, 100, 50]);
  });

  it('counts a task that somebody else changed meanwhile as found, not as redriven', async () => {
    const row = aDeadLetter(0);
    const api = given([row]);
    const readAll = api.tasks.readAll.bind(api.tasks);
    api.tasks.readAll = async (ids) => {
      const read = await readAll(ids);
      api.tasks.rows.set(row.task_id, { ...row, version: row.version + 1, status: 'cancelled' });
      return read;
    };
    const { body } = await post(api, '/queues/low/redrive');
    expect(body).toMatchObject({ matched: 1, redriven: 0 });
  });
});

describe('a full lane', () => {
  const full = (options: HarnessOptions = {}) =>
    anApi({ maxPending: { low: 10 }, pending: (lane) => (lane === 'low' ? 10 : 0), ...options });
  const low = { type: 'echo', payload: 1, priority: 9 };

  it('fails a submission with 429, saying when to come back', async () => {
    const api = full();
    const { status, body, headers } = await api.post('/tasks', low);
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: 'lane_full', lane: 'low', pending: 10, max_pending: 10 });
    expect(headers['retry-after']).toBe('5');
    expect([api.tasks.rows.size, api.index.announced.size]).toEqual([0, 0]);
  });

  it('fails a whole batch of which one task would go there', async () => {
    const api = full();
    const { status } = await api.post('/tasks/batch', { tasks: [{ ...low, priority: 1 }, low] });
    expect([status, api.tasks.rows.size]).toEqual([429, 0]);
  });

  it('takes what other lanes take, and only a lane with a limit is looked at', async () => {
    const api = full();
    expect((await api.post('/tasks', { ...low, priority: 5 })).status).toBe(202);
    expect(api.depthReads).toEqual([]);
  });

  it('takes what never waits on it: what agents claim, and what keeps an order of its own', async () => {
    const api = full();
    for (const one of [
      { ...low, type: 'agent', agent_id: 'a' },
      { ...low, ordering_key: 'k' },
    ])
      expect((await api.post('/tasks', one)).status).toBe(202);
  });

  it('takes tasks again once it has room; its depth is read every five seconds', async () => {
    let pending = 10;
    const api = full({ pending: () => pending });
    expect((await api.post('/tasks', low)).status).toBe(429);
    pending = 9;
    expect((await api.post('/tasks', low)).status).toBe(429);
    await api.clock.wait(5000);
    expect((await api.post('/tasks', low)).status).toBe(202);
    expect(api.depthReads).toEqual(['low', 'low']);
  });

  it('does not refuse what it has taken before, when it is sent again with its key', async () => {
    let pending = 0;
    const api = full({ pending: () => pending });
    const headers = { 'idempotency-key': 'key-1' };
    expect((await api.post('/tasks', low, { headers })).status).toBe(202);
    pending = 10;
    await api.clock.wait(5000);
    expect((await api.post('/tasks', low, { headers })).status).toBe(200);
    expect((await api.post('/tasks', { ...low, payload: 2 })).status).toBe(429);
  });

  it('tells first what is wrong with a task', async () => {
    expect((await full().post('/tasks', { ...low, colour: 1 })).status).toBe(422);
  });

  it('refuses nobody while its depth cannot be read', async () => {
    const api = full({
      pending: () => {
        throw new Error('throttled');
      },
    });
    expect((await api.post('/tasks', low)).status).toBe(202);
    expect(api.log.some(({ level, fields }) => level === 'error' && fields.lane === 'low')).toBe(true);
  });
});

describe('bad input', () => {
  it.each(['pause', 'resume', 'redrive'])('fails for %s of no lane, naming the lanes', async (verb) => {
    for (const lane of ['solo', 'normal-large', 'LOW', '__proto__']) {
      const { status, body } = await post(anApi(), `/queues/${lane}/${verb}`);
      expect(status).toBe(422);
      expect(body.errors).toEqual([{ path: '/lane', message: expect.stringContaining(LANES[0]) }]);
    }
  });

  it.each([
    ['pause', '?force=1', '/force'],
    ['resume', '?a=1&a=2', '/a'],
    ['redrive', '?limit=1', '/limit'],
    ['redrive', '?cursor=forged', '/cursor'],
    ['redrive', '?cursor=', '/cursor'],
  ])('fails for %s%s', async (verb, query, path) => {
    const api = anApi();
    const { status, body } = await post(api, `/queues/low/${verb}${query}`);
    expect([status, body.errors.map((error: { path: string }) => error.path)[0]]).toEqual([422, path]);
    expect(api.laneStates.states.size).toBe(0);
  });

  it("fails for a cursor of another lane's redrive", async () => {
    const api = given(Array.from({ length: 101 }, (_, n) => aDeadLetter(n)));
    api.tasks.readAll = async () => {
      await api.clock.wait(15_000);
      return new Map();
    };
    const { body } = await post(api, '/queues/low/redrive');
    const query = `?cursor=${encodeURIComponent(body.next_cursor)}`;
    expect((await post(api, `/queues/high/redrive${query}`)).status).toBe(422);
  });

  it.each(['GET', 'PUT', 'DELETE'])('fails for the method %s', async (method) => {
    const answer = await anApi().call('/queues/low/pause', { method, role: 'admin' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });
});
