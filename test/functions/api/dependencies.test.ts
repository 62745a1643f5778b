import { describe, expect, it } from 'vitest';
import { newTaskId } from '../../support/builders.ts';
import { aDependencyWorld } from '../../support/dependency-world.ts';

describe('a task that depends on others', () => {
  it('waits until all of them have completed, and then runs', async () => {
    const world = aDependencyWorld();
    const [one, two] = [await world.submit(), await world.submit()];
    const task = await world.submitOn(one, two);
    expect(task).toMatchObject({ status: 'waiting', waiting_on: ['0', '1'], next_index: 2, generation: 1 });
    expect(task).not.toHaveProperty('timer_at');

    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.row(task.task_id)).toMatchObject({ status: 'waiting', waiting_on: ['1'] });
    await world.finish(two.task_id, 'completed');
    await world.settle();
    expect(world.row(task.task_id)).toMatchObject({ status: 'queued', generation: 2, claimable_at: 0 });
    expect(world.row(task.task_id)).not.toHaveProperty('waiting_on');
    expect(world.onLanes.at(-1)).toMatchObject({ task_id: task.task_id, generation: 2 });
    expect(world.edges.edges.size).toBe(0);
  });

  it('is shown with what it waits for, and so long after', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const { task_id } = await world.submitOn([one, 'completion']);
    const shown = async () => (await world.call(`/tasks/${task_id}`)).body.dependencies;
    expect(await shown()).toEqual([{ task_id: one.task_id, condition: 'completion' }]);
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(await shown()).toEqual([{ task_id: one.task_id, condition: 'completion' }]);
  });

  it('is queued at once where all is met already, and leaves no edge and no mark', async () => {
    const world = aDependencyWorld();
    const [one, two] = [await world.submit(), await world.submit({ priority: 1 })];
    await world.finish(one.task_id, 'completed');
    await world.start(two.task_id);
    const task = await world.submitOn(one, [two, 'start']);
    expect(task).toMatchObject({ status: 'queued', generation: 1, next_index: 2 });
    expect(world.edges.edges.size).toBe(0);
    expect(world.row(two.task_id)).not.toHaveProperty('has_dependents');
  });

  it('fails at once, naming it, where one has failed', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    await world.finish(one.task_id, 'failed');
    const { status, body } = await world.post('/tasks', {
      type: 'echo',
      payload: 1,
      dependencies: [{ task_id: one.task_id }],
    });
    expect([status, body.status, body.error.code]).toEqual([202, 'failed', 'dependency_failed']);
    expect(body.error.details).toEqual({
      task_id: one.task_id,
      condition: 'success',
      status: 'failed',
      root_task_id: one.task_id,
    });
    expect(body.error.message).toContain(`dependency ${one.task_id} is failed: boom`);
  });

  it('fails when one fails, and so do those that wait for it, through any number of levels', async () => {
    const world = aDependencyWorld();
    const root = await world.submit();
    const one = await world.submitOn(root);
    const two = await world.submitOn(one);
    const three = await world.submitOn(two);
    const cleanUp = await world.submitOn([three, 'completion']);
    await world.finish(root.task_id, 'failed');
    await world.settle();
    expect([one, two, three, cleanUp].map(world.statusOf)).toEqual(['failed', 'failed', 'failed', 'queued']);
    expect(world.row(three.task_id).error?.details).toMatchObject({
      task_id: two.task_id,
      root_task_id: root.task_id,
    });
    expect(world.row(three.task_id)).toMatchObject({ failed_in: 'normal', attempt: 0 });
  });

  it.each([
    ['completion', 'failed', 'queued'],
    ['completion', 'cancelled', 'queued'],
    ['success', 'cancelled', 'failed'],
    ['start', 'cancelled', 'failed'],
  ] as const)('by %s, is %3$s when its dependency is %s', async (condition, end, after) => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const task = await world.submitOn([one, condition]);
    if (end === 'failed') await world.finish(one.task_id, 'failed');
    else await world.post(`/tasks/${one.task_id}/cancel`, undefined);
    await world.settle();
    expect(world.statusOf(task)).toBe(after);
  });

  it('by start, goes on when the other one begins, and not before', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const [task, other] = [await world.submitOn([one, 'start']), await world.submitOn(one)];
    await world.settle();
    expect(world.statusOf(task)).toBe('waiting');
    await world.start(one.task_id);
    await world.settle();
    expect([task, other].map(world.statusOf)).toEqual(['queued', 'waiting']);
    expect(world.row(one.task_id)).toMatchObject({ has_dependents: true, has_start_dependents: true });
  });

  it('goes to its time when it is released before that', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const dueAtMs = world.clock.nowMs() + 3_600_000;
    const task = await world.submit({
      dependencies: [{ task_id: one.task_id }],
      scheduled_at: new Date(dueAtMs).toISOString(),
    });
    expect(task).toMatchObject({ status: 'waiting', claimable_at: dueAtMs });
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.row(task.task_id)).toMatchObject({
      status: 'scheduled',
      claimable_at: dueAtMs,
      timer_at: dueAtMs,
    });
  });

  it('fails at its deadline, while it waits', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const task = await world.submit({
      dependencies: [{ task_id: one.task_id }],
      deadline: new Date(world.clock.nowMs() + 5000).toISOString(),
    });
    expect(task.timer_at).toBe(world.clock.nowMs() + 5000);
    world.clock.advance(5000);
    await world.sweep();
    expect(world.row(task.task_id)).toMatchObject({
      status: 'failed',
      error: { code: 'deadline_exceeded' },
    });
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.statusOf(task)).toBe('failed');
    expect(world.edges.edges.size).toBe(0);
  });

  it('fails with 422 where a dependency is not there, and stores nothing', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const [gone, odd] = [newTaskId(), 'task-of-nobody'];
    const { status, body } = await world.post('/tasks', {
      type: 'echo',
      payload: 1,
      dependencies: [{ task_id: one.task_id }, { task_id: gone }, { task_id: odd }],
    });
    expect([status, body.code, body.task_ids]).toEqual([422, 'dependency_not_found', [gone, odd]]);
    expect(body.detail).toContain(gone);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/dependencies/1/task_id',
      '/dependencies/2/task_id',
    ]);
    expect([world.tasks.rows.size, world.edges.edges.size]).toEqual([1, 0]);
  });

  it('fails with 422 where the retention of a dependency is over', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    await world.finish(one.task_id, 'completed');
    world.clock.advance(7200_000);
    const body = { type: 'echo', payload: 1, dependencies: [{ task_id: one.task_id }] };
    expect((await world.post('/tasks', body)).body.code).toBe('dependency_not_found');
  });

  it('costs others nothing: no attribute, no read, no write', async () => {
    const world = aDependencyWorld();
    const read = world.tasks.readAll.bind(world.tasks);
    let reads = 0;
    world.tasks.readAll = async (ids) => {
      reads += 1;
      return await read(ids);
    };
    const task = await world.submit({ dependencies: [] });
    await world.settle();
    expect([reads, world.tasks.writes.length, world.releases.sent.length]).toEqual([0, 0, 0]);
    expect(Object.keys(task).filter((name) => /depend|index|waiting/.test(name))).toEqual([]);
  });
});

describe('a submission with dependencies that comes again', () => {
  const headers = { 'idempotency-key': 'key-1' };

  it('is the same task, though a dependency is gone by now', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const body = { type: 'echo', payload: 1, dependencies: [{ task_id: one.task_id }] };
    const first = await world.post('/tasks', body, { headers });
    world.tasks.rows.delete(one.task_id);
    const again = await world.post('/tasks', body, { headers });
    expect([again.status, again.body.task_id]).toEqual([200, first.body.task_id]);
    expect((await world.post('/tasks', body)).status).toBe(422);
  });

  it('completes what the first one left undone', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const body = { type: 'echo', payload: 1, dependencies: [{ task_id: one.task_id }] };
    const put = world.edges.put.bind(world.edges);
    world.edges.put = async () => {
      throw new Error('down');
    };
    const first = await world.post('/tasks', body, { headers });
    expect([first.status, first.body.status]).toEqual([202, 'waiting']);
    expect(world.log.at(-2)?.message).toBe('dependencies are not confirmed');
    expect(world.row(first.body.task_id).waiting_on).toEqual(['0', 'h']);

    world.edges.put = put;
    expect((await world.post('/tasks', body, { headers })).status).toBe(200);
    expect(world.row(first.body.task_id).waiting_on).toEqual(['0']);
    expect(world.edges.edges.size).toBe(1);
  });

  it('is completed by the timers where nobody sends it again', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const put = world.edges.put.bind(world.edges);
    world.edges.put = async (edges) => edges.map(() => false);
    const task = await world.submitOn(one);
    world.edges.put = put;
    await world.finish(one.task_id, 'completed');
    await world.settle();
    await world.sweep();
    expect(world.row(task.task_id)).toMatchObject({ status: 'waiting', waiting_on: ['0', 'h'] });

    world.clock.advance(60_000);
    expect(await world.sweep()).toEqual({ due: 1, changed: 1, unconfirmed: 0 });
    expect(world.statusOf(task)).toBe('queued');
    expect(world.row(task.task_id)).not.toHaveProperty('timer_at');
  });
});
