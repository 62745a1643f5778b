import { describe, expect, it } from 'vitest';
import type { TaskRow } from '../../../core/task-row.ts';
import { newTaskId } from '../../support/builders.ts';
import { aDependencyWorld } from '../../support/dependency-world.ts';

type World = ReturnType<typeof aDependencyWorld>;

/** A task that waits for one other, and a third that it may be made to wait for. */
async function given() {
  const world = aDependencyWorld();
  const [one, other] = [await world.submit(), await world.submit()];
  const task = await world.submitOn(one);
  return { world, one, other, task };
}

const pathOf = (task: Pick<TaskRow, 'task_id'>, on: Pick<TaskRow, 'task_id'>) =>
  `/tasks/${task.task_id}/dependencies/${on.task_id}`;
const put = (
  world: World,
  task: Pick<TaskRow, 'task_id'>,
  on: Pick<TaskRow, 'task_id'>,
  body: unknown = {},
) => world.call(pathOf(task, on), { method: 'PUT', body });
const remove = (world: World, task: Pick<TaskRow, 'task_id'>, on: Pick<TaskRow, 'task_id'>) =>
  world.call(pathOf(task, on), { method: 'DELETE' });

describe('a dependency that is put while a task waits', () => {
  it('is waited for like those from the beginning', async () => {
    const { world, one, other, task } = await given();
    const { status, headers, body } = await put(world, task, other, { condition: 'completion' });
    expect([status, headers.etag]).toEqual([201, '"2"']);
    expect(body.dependencies).toEqual([
      { task_id: one.task_id, condition: 'success' },
      { task_id: other.task_id, condition: 'completion' },
    ]);
    expect(world.row(task.task_id)).toMatchObject({ waiting_on: ['0', '1'], next_index: 2 });
    expect(world.row(task.task_id)).not.toHaveProperty('timer_at');

    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.statusOf(task)).toBe('waiting');
    await world.finish(other.task_id, 'failed');
    await world.settle();
    expect(world.statusOf(task)).toBe('queued');
  });

  it('changes nothing when it is there already', async () => {
    const { world, one, task } = await given();
    const before = world.row(task.task_id);
    const { status, body } = await put(world, task, one, { condition: 'success' });
    expect([status, body.version]).toEqual([200, 1]);
    expect(world.row(task.task_id)).toBe(before);
  });

  it('takes the place of the same one with another condition', async () => {
    const { world, one, task } = await given();
    const { status, body } = await put(world, task, one, { condition: 'completion' });
    expect([status, body.dependencies]).toEqual([200, [{ task_id: one.task_id, condition: 'completion' }]]);
    expect(world.row(task.task_id)).toMatchObject({ waiting_on: ['1'], next_index: 2 });
    expect(world.edges.edges.size).toBe(1);
    await world.finish(one.task_id, 'failed');
    await world.settle();
    expect(world.statusOf(task)).toBe('queued');
  });

  it('takes its place even where that is met already, and lets the task go on', async () => {
    const { world, one, task } = await given();
    await world.start(one.task_id);
    const { status, body } = await put(world, task, one, { condition: 'start' });
    expect([status, body.status, body.dependencies]).toEqual([
      200,
      'queued',
      [{ task_id: one.task_id, condition: 'start' }],
    ]);
  });

  it('is no obstacle where it is met already', async () => {
    const { world, other, task } = await given();
    await world.finish(other.task_id, 'completed');
    const { status, body } = await put(world, task, other);
    expect([status, body.status, body.dependencies.length]).toEqual([201, 'waiting', 2]);
    expect(world.row(task.task_id)).toMatchObject({ waiting_on: ['0'], next_index: 2 });
  });

  it('fails the task where it has failed already', async () => {
    const { world, other, task } = await given();
    await world.finish(other.task_id, 'failed');
    const { status, body } = await put(world, task, other);
    expect([status, body.status, body.error.code]).toEqual([201, 'failed', 'dependency_failed']);
  });

  it('fails with 422 naming the cycle that it would close, and leaves the task as it was', async () => {
    const { world, one, task } = await given();
    const last = await world.submitOn(task);
    const { status, body } = await put(world, task, last);
    expect([status, body.code, body.cycle]).toEqual([
      422,
      'dependency_cycle',
      [task.task_id, last.task_id, task.task_id],
    ]);
    expect(world.row(task.task_id)).toMatchObject({ status: 'waiting', waiting_on: ['0'], next_index: 2 });
    expect(world.edges.edges.size).toBe(2);
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.statusOf(task)).toBe('queued');
  });

  it('fails with 422 for the task itself', async () => {
    const { world, task } = await given();
    const { status, body } = await put(world, task, task);
    expect([status, body.code, body.cycle]).toEqual([422, 'dependency_cycle', [task.task_id, task.task_id]]);
  });

  it('fails with 422 where there is no such task, and with 404 where the task itself is not there', async () => {
    const { world, one, task } = await given();
    for (const gone of [newTaskId(), 'nobody']) {
      const { status, body } = await put(world, task, { task_id: gone });
      expect([status, body.code, body.task_ids]).toEqual([422, 'dependency_not_found', [gone]]);
    }
    expect((await put(world, { task_id: newTaskId() }, one)).body.code).toBe('task_not_found');
  });

  it('fails with 409 once the task no longer waits', async () => {
    const { world, one, other, task } = await given();
    await world.finish(one.task_id, 'completed');
    await world.settle();
    for (const call of [put(world, task, other), remove(world, task, one)]) {
      const { status, body } = await call;
      expect([status, body.code, body.task_status]).toEqual([409, 'invalid_state_transition', 'queued']);
    }
  });

  it('fails with 409 while a task waits for its fallback task', async () => {
    const { world, other, task } = await given();
    world.tasks.rows.set(task.task_id, { ...world.row(task.task_id), waiting_on: ['f1'] });
    expect((await put(world, task, other)).status).toBe(409);
    expect((await remove(world, task, other)).status).toBe(409);
  });

  it('fails with 422 when it would be the 101st', async () => {
    const world = aDependencyWorld();
    const many: TaskRow[] = [];
    for (let n = 0; n < 101; n += 1) many.push(await world.submit());
    const task = await world.submitOn(...many.slice(0, 100));
    const [last = task] = many.slice(100);
    const { status, body } = await put(world, task, last);
    expect([status, body.code, body.errors[0].path]).toEqual([422, 'validation_failed', '/dependency_id']);
    expect((await put(world, task, many[7] ?? task, { condition: 'start' })).status).toBe(200);
  });

  it('is put in place by whoever sends it again, or else by the timers', async () => {
    for (const how of ['again', 'timers']) {
      const { world, one, other, task } = await given();
      const edges = world.edges.put.bind(world.edges);
      world.edges.put = async () => {
        throw new Error('down');
      };
      expect((await put(world, task, other)).body.code).toBe('storage_unavailable');
      expect(world.row(task.task_id).waiting_on).toEqual(['0', '1', 'h1']);
      world.edges.put = edges;
      world.clock.advance(60_000);
      if (how === 'again') expect((await put(world, task, other)).status).toBe(200);
      else await world.sweep();
      expect(world.row(task.task_id).waiting_on).toEqual(['0', '1']);
      for (const { task_id } of [one, other]) await world.finish(task_id, 'completed');
      await world.settle();
      expect(world.statusOf(task)).toBe('queued');
    }
  });

  it('keeps to a hold of its own beside another that was not completed', async () => {
    const { world, one, other, task } = await given();
    const third = await world.submit();
    const edges = world.edges.put.bind(world.edges);
    world.edges.put = async (some) => some.map(() => false);
    await put(world, task, other);
    world.edges.put = edges;
    await put(world, task, third);
    expect(world.row(task.task_id).waiting_on).toEqual(['0', '1', '2', 'h1']);
    expect(world.row(task.task_id)).toHaveProperty('timer_at');
    for (const { task_id } of [one, other, third]) await world.finish(task_id, 'completed');
    await world.settle();
    expect(world.row(task.task_id).waiting_on).toEqual(['1', 'h1']);
    world.clock.advance(60_000);
    await world.sweep();
    expect(world.statusOf(task)).toBe('queued');
  });

  it('is withdrawn by the timers where it had closed a cycle', async () => {
    const { world, task } = await given();
    const last = await world.submitOn(task);
    const edges = world.edges.put.bind(world.edges);
    world.edges.put = async (some) => some.map(() => false);
    await put(world, task, last);
    world.edges.put = edges;
    world.clock.advance(60_000);
    await world.sweep();
    expect(world.row(task.task_id)).toMatchObject({ waiting_on: ['0'] });
    expect(world.row(task.task_id).dependencies).toHaveLength(1);
  });

  it('decides anew when the task changes between the look and the write', async () => {
    const { world, one, other, task } = await given();
    const write = world.tasks.write.bind(world.tasks);
    world.tasks.write = async (writes) => {
      world.tasks.write = write;
      await world.finish(one.task_id, 'completed');
      await world.settle();
      return await write(writes);
    };
    expect((await put(world, task, other)).status).toBe(409);
  });

  it('fails with 503 while the task changes at every look, or the store does not answer for certain', async () => {
    const { world, other, task } = await given();
    const write = world.tasks.write.bind(world.tasks);
    world.tasks.write = async () => [{ kind: 'refused', row: world.row(task.task_id) }];
    expect((await put(world, task, other)).status).toBe(503);
    expect(
      (await remove(world, task, { task_id: world.row(task.task_id).dependencies?.[0]?.slice(3) ?? '' }))
        .status,
    ).toBe(503);
    world.tasks.write = async () => [{ kind: 'unconfirmed', reason: 'throttled' }];
    expect((await put(world, task, other)).status).toBe(503);
    world.tasks.write = write;
    expect((await put(world, task, other)).status).toBe(201);
  });
});

describe('a dependency that is removed while a task waits', () => {
  it('is no longer waited for, nor shown', async () => {
    const { world, one, other, task } = await given();
    await put(world, task, other);
    expect(await remove(world, task, one)).toMatchObject({ status: 204, body: undefined });
    expect(world.row(task.task_id)).toMatchObject({ waiting_on: ['1'], version: 3 });
    expect(world.edges.edges.size).toBe(1);
    await world.finish(one.task_id, 'failed');
    await world.settle();
    expect(world.statusOf(task)).toBe('waiting');
  });

  it('lets the task go on where it was the last one', async () => {
    const { world, one, task } = await given();
    expect((await remove(world, task, one)).status).toBe(204);
    expect(world.row(task.task_id)).toMatchObject({ status: 'queued', generation: 2, next_index: 1 });
    expect(world.row(task.task_id)).not.toHaveProperty('dependencies');
  });

  it('gives its index to no other', async () => {
    const { world, one, other, task } = await given();
    const third = await world.submit();
    await put(world, task, other);
    await remove(world, task, other);
    await put(world, task, third);
    expect(world.row(task.task_id)).toMatchObject({ waiting_on: ['0', '2'], next_index: 3 });
    await world.finish(one.task_id, 'completed');
    await world.finish(other.task_id, 'completed');
    await world.settle();
    expect(world.row(task.task_id).waiting_on).toEqual(['2']);
  });

  it('goes with its hold, where that was left', async () => {
    const { world, one, other, task } = await given();
    world.edges.put = async (some) => some.map(() => false);
    await put(world, task, other);
    await remove(world, task, other);
    expect(world.row(task.task_id).waiting_on).toEqual(['0']);
    expect(world.row(task.task_id)).not.toHaveProperty('timer_at');
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.statusOf(task)).toBe('queued');
  });

  it('that is met already only goes from the list', async () => {
    const { world, one, other, task } = await given();
    await put(world, task, other);
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect((await remove(world, task, one)).status).toBe(204);
    expect(world.row(task.task_id)).toMatchObject({ status: 'waiting', waiting_on: ['1'] });
  });

  it('fails with 422 where the task has no such dependency', async () => {
    const { world, other, task } = await given();
    const { status, body } = await remove(world, task, other);
    expect([status, body.code]).toEqual([422, 'dependency_not_found']);
    expect(body.detail).toMatch(/does not depend on/);
  });
});

describe('a task with dependencies that is retried by hand', () => {
  const retry = (world: World, task: Pick<TaskRow, 'task_id'>) =>
    world.post(`/tasks/${task.task_id}/retry`, undefined);

  it('waits again for the one that had failed, under a new index', async () => {
    const { world, one, task } = await given();
    const done = await world.submit();
    await put(world, task, done);
    await world.finish(done.task_id, 'completed');
    await world.finish(one.task_id, 'failed');
    await world.settle();
    expect(world.statusOf(task)).toBe('failed');
    await retry(world, one);
    const { status, body } = await retry(world, task);
    expect([status, body.status]).toEqual([202, 'waiting']);
    expect(body.dependencies.map(({ task_id }: { task_id: string }) => task_id)).toEqual([
      one.task_id,
      done.task_id,
    ]);
    expect(world.row(task.task_id)).toMatchObject({ waiting_on: ['2'], next_index: 3 });
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.statusOf(task)).toBe('queued');
  });

  it('does not start before its time where a dependency had failed before that', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const at = world.clock.nowMs() + 86_400_000;
    const task = await world.submit({
      dependencies: [{ task_id: one.task_id }],
      scheduled_at: new Date(at).toISOString(),
    });
    await world.finish(one.task_id, 'failed');
    await world.settle();
    await retry(world, one);
    await retry(world, task);
    await world.finish(one.task_id, 'completed');
    await world.settle();
    expect(world.row(task.task_id)).toMatchObject({ status: 'scheduled', claimable_at: at, timer_at: at });
  });

  it('fails again while the one that had failed has not been retried', async () => {
    const { world, one, task } = await given();
    await world.finish(one.task_id, 'failed');
    await world.settle();
    const { status, body } = await retry(world, task);
    expect([status, body.status, body.error.code]).toEqual([202, 'failed', 'dependency_failed']);
  });

  it('is queued at once where all is met, also by one that is gone since', async () => {
    const { world, one, task } = await given();
    await world.finish(one.task_id, 'completed');
    await world.settle();
    await world.finish(task.task_id, 'failed');
    world.tasks.rows.delete(one.task_id);
    const { body } = await retry(world, task);
    expect(body.status).toBe('queued');
    expect(world.row(task.task_id)).toMatchObject({ next_index: 1 });
    expect(world.row(task.task_id)).not.toHaveProperty('waiting_on');
  });

  it('fails again where one is gone that had never been met', async () => {
    const { world, one, task } = await given();
    await world.finish(one.task_id, 'failed');
    await world.settle();
    world.tasks.rows.delete(one.task_id);
    const { body } = await retry(world, task);
    expect([body.status, body.error.details.status]).toEqual(['failed', 'gone']);
  });

  it('fails with 422, and as a task, where others wait for it by now', async () => {
    const { world, one, task } = await given();
    await world.finish(one.task_id, 'failed');
    await world.settle();
    await retry(world, one);
    const other = await world.submitOn(one);
    // As if `other` had been made to wait for the task, and its own look for cycles was still to come.
    const entry = `1s ${task.task_id}`;
    world.tasks.rows.set(one.task_id, {
      ...world.row(one.task_id),
      status: 'waiting',
      dependencies: [entry],
      waiting_on: ['1', 'h1'],
      next_index: 2,
    });
    const { status, body } = await retry(world, task);
    expect([status, body.code, body.cycle]).toEqual([
      422,
      'dependency_cycle',
      [task.task_id, one.task_id, task.task_id],
    ]);
    expect(world.row(task.task_id)).toMatchObject({ status: 'failed', error: { code: 'dependency_failed' } });
    expect(world.statusOf(other)).toBe('waiting');
  });
});
