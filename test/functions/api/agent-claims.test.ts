import { describe, expect, it } from 'vitest';
import { sweepTimers } from '../../../core/usecases/sweep-timers.ts';
import { anApi } from '../../support/api-harness.ts';
import { InMemoryTimerIndex } from '../../support/in-memory-timer-index.ts';

const as = { role: 'task_executor' } as const;

async function setup(capabilities: readonly string[] = []) {
  const api = anApi();
  await api.call('/agents/reader', { method: 'PUT', body: { capabilities }, ...as });
  const submit = async (more: object = {}) =>
    (await api.post('/tasks', { type: 'agent', payload: { n: 1 }, agent_id: 'reader', ...more })).body;
  const claim = async (body: object = {}) => (await api.post('/agents/reader/claims', body, as)).body.claims;
  const beat = async (claims: readonly { task: { task_id: string }; lease_token: string }[], more = {}) => {
    const leases = claims.map(({ task, lease_token }) => ({ task_id: task.task_id, lease_token, ...more }));
    return (await api.post('/agents/reader/heartbeat', { leases }, as)).body.leases;
  };
  const report = (taskId: string, how: 'complete' | 'fail', body: object) =>
    api.post(`/tasks/${taskId}/${how}`, body, as);
  const rowOf = (taskId: string) => api.tasks.rows.get(taskId);
  const sweep = () => {
    const timers = new InMemoryTimerIndex(api.tasks.rows);
    const { tasks, results, edges, clock } = api;
    const lanes = { send: async () => [] };
    const deps = { tasks, results, edges, timers, lanes, clock, retentionSeconds: 60 };
    return Promise.all(['0', '1', '2', '3'].map((shard) => sweepTimers(deps, shard)));
  };
  return { api, submit, claim, beat, report, rowOf, sweep };
}

const oops = { code: 'oops', message: 'no' };

describe('a task for an agent', () => {
  it('waits in its mailbox: no lane gets it', async () => {
    const { api, submit, rowOf } = await setup();
    const task = await submit({ priority: 1 });
    expect(task).toMatchObject({ type: 'agent', status: 'queued', agent_id: 'reader', capability: null });
    expect(rowOf(task.task_id)).toMatchObject({ mailbox: 'agent#reader' });
    expect(api.sent).toEqual([]);
  });

  it('is claimed with its payload, worked on and completed', async () => {
    const { api, submit, claim, report } = await setup();
    const { task_id } = await submit();
    const [claimed] = await claim({ lease_seconds: 30 });
    expect(claimed).toMatchObject({
      task: { task_id, status: 'processing', attempt: 1, payload: { n: 1 } },
      lease_expires_at: new Date(api.clock.nowMs() + 30_000).toISOString(),
    });
    const body = { lease_token: claimed.lease_token, output: { text: 'read' } };
    for (const _ of [1, 2]) {
      const { status, body: task } = await report(task_id, 'complete', body);
      expect([status, task.status]).toEqual([200, 'completed']);
    }
    const result = await api.call(`/tasks/${task_id}/result`);
    expect(result.body).toMatchObject({ output: { text: 'read' }, attempts: [{ attempt: 1, error: null }] });
    expect(await claim()).toEqual([]);
  });

  it('is claimed strictly by priority, then age, also out of the mailbox of a capability', async () => {
    const { api, submit, claim } = await setup(['ocr']);
    const ids: string[] = [];
    for (const [priority, more] of [
      [5, {}],
      [9, {}],
      [5, { agent_id: null, capability: 'ocr' }],
      [1, { agent_id: null, capability: 'ocr' }],
      [5, {}],
    ] as const) {
      ids.push((await submit({ priority, ...more })).task_id);
      api.clock.advance(1);
    }
    await submit({ agent_id: 'somebody-else' });
    await submit({ agent_id: null, capability: 'speech' });
    const claims = await claim({ max_tasks: 10 });
    expect(claims.map(({ task }: { task: { task_id: string } }) => task.task_id)).toEqual(
      [3, 0, 2, 4, 1].map((place) => ids[place]),
    );
  });

  it('goes to one of many claimers, and each claimer gets what it asks for', async () => {
    const { submit, claim } = await setup();
    for (let n = 0; n < 30; n += 1) await submit();
    const all = await Promise.all(Array.from({ length: 20 }, () => claim({ max_tasks: 2 })));
    const ids = all.flat().map(({ task }) => task.task_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(30);
  });

  it('is answered when it comes while an agent waits', async () => {
    const { api, submit, claim } = await setup();
    const wait = api.clock.wait;
    let waits = 0;
    api.clock.wait = async (ms) => {
      await wait(ms);
      waits += 1;
      if (waits === 3) await submit();
    };
    expect(await claim({ wait_seconds: 20 })).toHaveLength(1);
    expect(await claim({ wait_seconds: 20 })).toEqual([]);
  });
});

describe('a lease', () => {
  it('is extended by each heartbeat, with the progress of the task', async () => {
    const { api, submit, claim, beat } = await setup();
    const { task_id } = await submit();
    const claims = await claim({ lease_seconds: 60 });
    api.clock.advance(50_000);
    const [kept] = await beat(claims, { progress: { percent: 40, message: 'half' } });
    expect(kept).toEqual({
      task_id,
      lease_expires_at: new Date(api.clock.nowMs() + 60_000).toISOString(),
      cancel_requested: false,
    });
    expect((await api.call(`/tasks/${task_id}`)).body.progress).toEqual({ percent: 40, message: 'half' });
    api.clock.advance(50_000);
    expect(await claim()).toEqual([]);
  });

  it('that is over lets anybody claim the task at once, and is lost to who had it', async () => {
    const { api, submit, claim, beat, report } = await setup();
    const { task_id } = await submit();
    const [first] = await claim({ lease_seconds: 10 });
    api.clock.advance(10_000);
    const [second] = await claim();
    expect(second.task).toMatchObject({ task_id, attempt: 2 });
    expect(await beat([first])).toEqual([{ task_id, code: 'lease_lost' }]);
    expect(await beat([{ task: { task_id: 'nobody' }, lease_token: first.lease_token }])).toEqual([
      { task_id: 'nobody', code: 'lease_lost' },
    ]);
    for (const how of ['complete', 'fail'] as const) {
      const { status, body } = await report(task_id, how, {
        lease_token: first.lease_token,
        output: 1,
        error: oops,
      });
      expect([status, body.code]).toEqual([how === 'complete' ? 422 : 422, 'validation_failed']);
    }
    const stale = await report(task_id, 'complete', { lease_token: first.lease_token, output: 1 });
    expect([stale.status, stale.body.code]).toEqual([409, 'lease_lost']);
    const done = await report(task_id, 'complete', { lease_token: second.lease_token, output: 2 });
    expect(done.body.status).toBe('completed');
  });

  it('that is over still is its holder’s while nobody has taken the task', async () => {
    const { api, submit, claim, report } = await setup();
    const { task_id } = await submit();
    const [claimed] = await claim({ lease_seconds: 10 });
    api.clock.advance(11_000);
    const { body } = await report(task_id, 'complete', { lease_token: claimed.lease_token, output: 1 });
    expect(body.status).toBe('completed');
  });

  it('that is over is ended by the sweep, and at the crash limit so is the task', async () => {
    const { api, submit, claim, report, rowOf, sweep } = await setup();
    const { task_id } = await submit();
    for (let crash = 1; crash <= 5; crash += 1) {
      const [claimed] = await claim({ lease_seconds: 10 });
      expect(claimed.task.attempt).toBe(crash);
      api.clock.advance(10_000);
      await sweep();
      expect(rowOf(task_id)?.status).toBe(crash < 5 ? 'queued' : 'failed');
      const { lease_token } = claimed;
      for (const late of [
        await report(task_id, 'complete', { lease_token, output: 1 }),
        await report(task_id, 'fail', { lease_token, error: oops }),
      ])
        expect(late.body.code).toBe('lease_lost');
    }
    expect(rowOf(task_id)?.error).toMatchObject({ code: 'lease_expired', details: { crashes: 5 } });
  });

  it('tells its holder of a cancel; the task is cancelled however the attempt ends without success', async () => {
    const { api, submit, claim, beat, report } = await setup();
    const { task_id } = await submit();
    const [claimed] = await claim();
    expect((await api.post(`/tasks/${task_id}/cancel`, undefined)).status).toBe(202);
    expect(await beat([claimed])).toMatchObject([{ cancel_requested: true }]);
    for (const _ of [1, 2]) {
      const { status, body } = await report(task_id, 'fail', {
        lease_token: claimed.lease_token,
        error: oops,
      });
      expect([status, body.status]).toEqual([200, 'cancelled']);
    }
  });

  it('of an agent that is gone lets the cancel come about', async () => {
    const { api, submit, claim, rowOf, sweep } = await setup();
    const { task_id } = await submit();
    await claim({ lease_seconds: 10 });
    await api.post(`/tasks/${task_id}/cancel`, undefined);
    api.clock.advance(10_000);
    await sweep();
    expect(rowOf(task_id)?.status).toBe('cancelled');
  });
});

describe('two reports of one attempt, of which the first died before its end was written', () => {
  const big = (letter: string) => letter.repeat(300_000);

  it('leave the large output of the first where it is', async () => {
    const { api, submit, claim, report } = await setup();
    const { task_id } = await submit();
    const [claimed] = await claim();
    const { write } = api.tasks;
    api.tasks.write = async (writes) => writes.map(() => ({ kind: 'unconfirmed', reason: 'dead' }));
    const said = (letter: string) => ({ lease_token: claimed.lease_token, output: big(letter) });
    expect((await report(task_id, 'complete', said('a'))).status).toBe(503);
    api.tasks.write = write;
    expect((await report(task_id, 'complete', said('b'))).body.status).toBe('completed');
    const [key = ''] = api.objects.objects.keys();
    expect(await api.objects.read(key)).toBe(JSON.stringify(big('a')));
  });
});

describe('a reported failure', () => {
  it('is retried as the policy says, from the mailbox, and then fails the task', async () => {
    const { api, submit, claim, report, rowOf } = await setup();
    const { task_id } = await submit({
      retry: { max_attempts: 2, initial_delay_seconds: 5, jitter: 'none' },
    });
    const [first] = await claim();
    for (const _ of [1, 2]) {
      const { status, body } = await report(task_id, 'fail', { lease_token: first.lease_token, error: oops });
      expect([status, body.status]).toEqual([200, 'retrying']);
    }
    expect(await claim()).toEqual([]);
    api.clock.advance(5000);
    const [second] = await claim();
    expect(second.task).toMatchObject({ task_id, attempt: 2 });
    const { body } = await report(task_id, 'fail', { lease_token: second.lease_token, error: oops });
    expect(body).toMatchObject({
      status: 'failed',
      error: { code: 'oops', details: { attempts: 2, exhausted: true } },
    });
    expect(rowOf(task_id)).not.toHaveProperty('mailbox');
  });

  it('that is not retryable fails the task at once', async () => {
    const { submit, claim, report } = await setup();
    const { task_id } = await submit();
    const [claimed] = await claim();
    const error = { ...oops, retryable: false };
    const { body } = await report(task_id, 'fail', { lease_token: claimed.lease_token, error });
    expect(body).toMatchObject({ status: 'failed', attempt: 1 });
  });
});

describe('time, change and restart of a task for an agent', () => {
  it('holds back a scheduled one until its time, and then gives it to a claimer at once', async () => {
    const { api, submit, claim } = await setup();
    const at = api.clock.nowMs() + 60_000;
    await submit({ scheduled_at: new Date(at).toISOString() });
    expect(await claim()).toEqual([]);
    api.clock.advance(60_000);
    expect(await claim()).toHaveLength(1);
  });

  it('moves it in its mailbox with its priority', async () => {
    const { api, submit, claim } = await setup();
    await submit({ priority: 4 });
    const { task_id } = await submit({ priority: 8 });
    await api.call(`/tasks/${task_id}`, { method: 'PATCH', body: { priority: 2 } });
    expect((await claim())[0].task.task_id).toBe(task_id);
  });

  it('fails it at its deadline, claimed or not', async () => {
    const { api, submit, claim, rowOf, sweep } = await setup();
    const deadline = new Date(api.clock.nowMs() + 30_000).toISOString();
    const claimed = await submit({ deadline });
    const waiting = await submit({ deadline });
    await claim({ lease_seconds: 3600 });
    api.clock.advance(30_000);
    await sweep();
    for (const { task_id } of [claimed, waiting])
      expect(rowOf(task_id)).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded' } });
  });

  it('takes it away from its claimer', async () => {
    const { api, submit, claim, beat } = await setup();
    const { task_id } = await submit();
    const claims = await claim();
    await api.post(`/tasks/${task_id}/restart`, undefined, { role: 'admin' });
    expect(await beat(claims)).toEqual([{ task_id, code: 'lease_lost' }]);
    expect((await claim())[0].task.attempt).toBe(2);
  });

  it('cancels it where its cancel was accepted before, though nobody ever claims it again', async () => {
    const { api, submit, claim, beat, rowOf, sweep } = await setup();
    const { task_id } = await submit();
    const claims = await claim({ lease_seconds: 3600 });
    await api.post(`/tasks/${task_id}/cancel`, undefined);
    const { status } = await api.post(`/tasks/${task_id}/restart`, undefined, { role: 'admin' });
    expect(status).toBe(200);
    expect(await beat(claims)).toEqual([{ task_id, code: 'lease_lost' }]);
    await sweep();
    expect(rowOf(task_id)).toMatchObject({ status: 'cancelled' });
    expect(rowOf(task_id)).not.toHaveProperty('mailbox');
  });
});

describe('bad input', () => {
  it.each<[string, string, unknown, string, RegExp]>([
    ['no object', 'claims', [], '', /a list is no object/],
    ['an unknown field', 'claims', { limit: 1 }, '/limit', /unknown/],
    ['no tasks', 'claims', { max_tasks: 0 }, '/max_tasks', /at least 1/],
    ['101 tasks', 'claims', { max_tasks: 101 }, '/max_tasks', /at most 100/],
    ['a lease of 9 s', 'claims', { lease_seconds: 9 }, '/lease_seconds', /at least 10/],
    ['a lease of 3601 s', 'claims', { lease_seconds: 3601 }, '/lease_seconds', /at most 3600/],
    ['a wait of 21 s', 'claims', { wait_seconds: 21 }, '/wait_seconds', /at most 20/],
    ['half a second', 'claims', { wait_seconds: 0.5 }, '/wait_seconds', /no whole number/],
    ['no leases', 'heartbeat', {}, '/leases', /required/],
    [
      'a lease without a token',
      'heartbeat',
      { leases: [{ task_id: 'x' }] },
      '/leases/0/lease_token',
      /required/,
    ],
    [
      'resources that are text',
      'heartbeat',
      { leases: [], resources: { cpu: 'x' } },
      '/resources/cpu',
      /no number/,
    ],
    [
      '51 resources',
      'heartbeat',
      { leases: [], resources: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`r${n}`, n])) },
      '/resources',
      /51 keys; at most 50/,
    ],
    [
      'a resource that no item has room for',
      'heartbeat',
      { leases: [], resources: { ['x'.repeat(500_000)]: 1 } },
      '/resources',
      /500006 bytes of JSON; at most 16384/,
    ],
  ])('fails for %s', async (_, route, body, path, message) => {
    const { api } = await setup();
    const answer = await api.post(`/agents/reader/${route}`, body, as);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual({ path, message: expect.stringMatching(message) });
  });

  it('fails with 403 for who has not registered the agent, and lets an admin', async () => {
    const { api } = await setup();
    const claims = { client_id: 'another', scope: 'tasklane/execute' };
    const { status, body } = await api.post('/agents/reader/claims', {}, { claims });
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect((await api.post('/agents/reader/claims', {}, { role: 'admin' })).status).toBe(200);
  });

  it('fails with 404 for an agent that nobody has registered', async () => {
    const { api } = await setup();
    const { status, body } = await api.post('/agents/nobody/claims', {}, as);
    expect([status, body.code]).toEqual([404, 'agent_not_found']);
  });
});

describe('an agent', () => {
  it('is heard of by what it does, and by what it says of its resources', async () => {
    const { api } = await setup();
    const known = async () => (await api.call('/agents/reader')).body;
    api.clock.advance(6 * 60_000);
    expect(await known()).toMatchObject({ available: false });
    await api.post('/agents/reader/heartbeat', { leases: [], resources: { cpu: 0.5 } }, as);
    expect(await known()).toMatchObject({ available: true, resources: { cpu: 0.5 } });
  });

  it.each([
    ['heartbeat', { leases: [] }],
    ['claims', {}],
  ])('was last seen at its last call: %s', async (route, body) => {
    const { api } = await setup();
    api.clock.advance(2000);
    await api.post(`/agents/reader/${route}`, body, as);
    expect((await api.call('/agents/reader')).body.last_seen).toBe('2026-11-21T10:00:02.000Z');
  });
});
