import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';

const echo = (change: object = {}) => ({ type: 'echo', payload: 1, ...change });
const LIMITS =
  'the largest, large, gives a task cpu_cores 4, memory_gb 8, storage_gb 10, gpu_units 0, timeout_seconds 900';

describe('the executor pool of a submission', () => {
  it.each([
    ['nothing', {}, undefined],
    ['what the smallest gives', { requirements: { memory_gb: 1 }, timeout_seconds: 60 }, undefined],
    ['more memory', { requirements: { memory_gb: 2 } }, 'large'],
    ['more time', { timeout_seconds: 61 }, 'large'],
    ['all that there is', { requirements: { cpu_cores: 4, memory_gb: 8, storage_gb: 10 } }, 'large'],
  ])('is the smallest that fits: for %s', async (_, change, pool) => {
    const api = anApi();
    const { status, body } = await api.post('/tasks', echo(change));
    expect(status).toBe(202);
    expect(api.tasks.rows.get(body.task_id)?.pool).toBe(pool);
  });

  it('shows the requirements, and keeps only the parts that were named', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', echo({ requirements: { memory_gb: 2 } }));
    expect(body.requirements).toEqual({ cpu_cores: 1, memory_gb: 2, storage_gb: 0.5, gpu_units: 0 });
    expect(api.tasks.rows.get(body.task_id)?.requirements).toEqual({ memory_gb: 2 });
    const { body: shown } = await api.call(`/tasks/${body.task_id}`);
    expect(shown.requirements).toEqual(body.requirements);
    const { body: usual } = await api.post('/tasks', echo({ requirements: {} }));
    expect(api.tasks.rows.get(usual.task_id)).not.toHaveProperty('requirements');
  });

  it('is no part of the submissions within a task as they are shown: those could be submitted again', async () => {
    const api = anApi();
    const within = echo({ requirements: { memory_gb: 2 } });
    const { body } = await api.post('/tasks', echo({ compensation: within, fallback: { task: within } }));
    expect(body).toMatchObject({ compensation: within, fallback: { task: within } });
    expect([body.compensation, body.fallback.task].map((one) => one.pool)).toEqual([undefined, undefined]);
    const row = api.tasks.rows.get(body.task_id);
    expect(row).toMatchObject({ compensation: { pool: 'large' }, fallback: { task: { pool: 'large' } } });
    const { compensation, fallback } = body;
    expect((await api.post('/tasks', echo({ compensation, fallback }))).status).toBe(202);
  });

  it('has an express message on its own queue', async () => {
    const api = anApi();
    await api.post('/tasks', echo({ priority: 1, timeout_seconds: 900 }));
    expect(api.sent).toMatchObject([{ lane: 'critical', queue: 'critical-large' }]);
  });
});

describe('needs that no pool meets', () => {
  it.each([
    ['cpu_cores', 4.5, 4],
    ['memory_gb', 16, 8],
    ['storage_gb', 11, 10],
    ['gpu_units', 1, 0],
  ])('fail with 422: %s %d, naming the limits of the largest', async (name, asked, limit) => {
    const api = anApi();
    const { status, body } = await api.post('/tasks', echo({ requirements: { [name]: asked } }));
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'validation_failed' });
    expect(body.errors).toEqual([
      {
        path: `/requirements/${name}`,
        message: `${asked} is more than any executor pool gives (${limit}); ${LIMITS}`,
      },
    ]);
    expect(api.tasks.rows.size).toBe(0);
  });

  it('fail all at once, at their place in a batch', async () => {
    const wrong = echo({ requirements: { memory_gb: 9, gpu_units: 2 } });
    const { body } = await anApi().post('/tasks/batch', { tasks: [echo(), wrong] });
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/tasks/1/requirements/memory_gb',
      '/tasks/1/requirements/gpu_units',
    ]);
  });

  it.each([
    ['a negative requirement', { requirements: { memory_gb: -1 } }, '/requirements/memory_gb'],
    ['a requirement that is no number', { requirements: { cpu_cores: '2' } }, '/requirements/cpu_cores'],
    ['an unknown requirement', { requirements: { luck: 1 } }, '/requirements/luck'],
    ['requirements that are none', { requirements: 4 }, '/requirements'],
    ['901 seconds', { timeout_seconds: 901 }, '/timeout_seconds'],
    ['half a second', { timeout_seconds: 0.5 }, '/timeout_seconds'],
  ])('fail for %s', async (_, change, path) => {
    const { status, body } = await anApi().post('/tasks', echo(change));
    expect(status).toBe(422);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
  });
});
