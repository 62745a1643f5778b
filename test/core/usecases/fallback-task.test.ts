import { describe, expect, it } from 'vitest';
import { objectsOf, outputKeyOf } from '../../../core/object-keys.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { cancelTask, retryTask } from '../../../core/usecases/change-task.ts';
import { showResult } from '../../../core/usecases/read-task.ts';
import { findTaskType } from '../../../functions/tasks/index.ts';
import { aResult } from '../../support/builders.ts';
import { aDependencyWorld } from '../../support/dependency-world.ts';

type World = ReturnType<typeof aDependencyWorld>;

const FALLBACK = { task: { type: 'echo', payload: { instead: true } } };

/** A task whose last attempt has failed, and its fallback task. */
async function given(more: object = {}) {
  const world = aDependencyWorld();
  const { task_id: taskId } = await world.submit({ fallback: FALLBACK, ...more });
  await world.finish(taskId, 'failed');
  await world.settle();
  return { world, taskId, fallback: fallbackOf(world, taskId) };
}

function fallbackOf(world: World, taskId: string): TaskRow {
  const found = [...world.tasks.rows.values()].filter(({ name }) => name === `fallback of ${taskId}`);
  const newest = found.at(-1);
  if (newest === undefined) throw new Error('there is no fallback task');
  return newest;
}

async function complete(world: World, fallback: TaskRow): Promise<void> {
  await world.start(fallback.task_id);
  await world.results.put([aResult(world.row(fallback.task_id), { output: '{"instead":true}' })]);
  await world.finish(fallback.task_id, 'completed');
  await world.settle();
}

const resultOf = async (world: World, taskId: string) =>
  await showResult(
    { ...world, findTaskType, onTrouble: (message) => expect.fail(message) },
    world.row(taskId),
  );

describe('a task with a fallback task, when its last attempt has failed', () => {
  it('waits for that one, which begins at once, with an edge to it and marked', async () => {
    const { world, taskId, fallback } = await given();
    expect(world.row(taskId)).toMatchObject({ status: 'waiting', failures: 1, error: { code: 'boom' } });
    expect(world.row(taskId).history.at(-1)).toContain(`fallback ${fallback.task_id}`);
    expect(fallback).toMatchObject({
      status: 'queued',
      has_dependents: true,
      tenant: world.row(taskId).tenant,
    });
    expect([...world.edges.edges.values()]).toEqual([
      { dependencyId: fallback.task_id, dependentId: taskId, index: 0, condition: 'fallback' },
    ]);
  });

  it('begins at once on critical too, whose messages the dispatcher holds back', async () => {
    const { world, fallback } = await given({ fallback: { task: { ...FALLBACK.task, priority: 1 } } });
    const messages = world.onLanes.filter(({ task_id }) => task_id === fallback.task_id);
    expect(messages.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 30]);
  });

  it('completes with its output, and keeps its own error', async () => {
    const { world, taskId, fallback } = await given();
    await complete(world, fallback);
    const row = world.row(taskId);
    expect(row).toMatchObject({ status: 'completed', fallback_used: true, attempt: 1 });
    expect(row).not.toHaveProperty('waiting_on');
    expect(await resultOf(world, taskId)).toMatchObject({
      output: { instead: true },
      fallback_used: true,
      error: { code: 'boom' },
      cached: false,
    });
    expect(world.onLanes.filter(({ task_id }) => task_id === taskId)).toHaveLength(1);
  });

  it('links to an output that is an object of the fallback task', async () => {
    const { world, taskId, fallback } = await given();
    await world.start(fallback.task_id);
    const started = world.row(fallback.task_id);
    const { output: _output, ...large } = aResult(started);
    await world.results.put([{ ...large, output_bytes: 300_000 }]);
    await world.objects.put(outputKeyOf(started, 1), 'x');
    world.tasks.rows.set(started.task_id, { ...started, has_objects: true });
    await world.finish(fallback.task_id, 'completed');
    await world.settle();
    const result = await resultOf(world, taskId);
    expect(result.output_url).toContain(encodeURI(objectsOf(started)));
    expect(result.error).toMatchObject({ code: 'boom' });
  });

  it('fails with its own error where that one fails', async () => {
    const { world, taskId, fallback } = await given();
    await world.finish(fallback.task_id, 'failed');
    await world.settle();
    expect(world.row(taskId)).toMatchObject({ status: 'failed', error: { code: 'boom' } });
  });

  it('remembers the output of that one', async () => {
    const { world, taskId, fallback } = await given({ remember: 'answer' });
    await complete(world, fallback);
    expect(world.statusOf({ task_id: taskId })).toBe('completed');
    expect([...world.memory.items.values()]).toMatchObject([{ value: '{"instead":true}' }]);
  });

  it('can be cancelled, or fail by its deadline, while that one goes on', async () => {
    const { world, taskId, fallback } = await given();
    await cancelTask({ ...world, retentionSeconds: 60 }, taskId);
    await complete(world, fallback);
    expect(world.statusOf({ task_id: taskId })).toBe('cancelled');

    const late = await given({ deadline: new Date(Date.now() + 86_400_000).toISOString() });
    late.world.clock.advance(2 * 86_400_000);
    await late.world.sweep();
    expect(late.world.row(late.taskId)).toMatchObject({
      status: 'failed',
      error: { code: 'deadline_exceeded' },
    });
  });

  it('has another fallback task in each of its lives', async () => {
    const { world, taskId, fallback } = await given();
    await world.finish(fallback.task_id, 'failed');
    await world.settle();
    await retryTask({ ...world, retentionSeconds: 60 }, taskId);
    expect(world.row(taskId)).toMatchObject({ status: 'queued', next_index: 1 });
    expect(world.row(taskId)).not.toHaveProperty('waiting_on');
    await world.finish(taskId, 'failed');
    await world.settle();
    const second = fallbackOf(world, taskId);
    expect(second.task_id).not.toBe(fallback.task_id);
    await complete(world, second);
    expect(world.statusOf({ task_id: taskId })).toBe('completed');
  });

  it('has another one when its idempotency key, and so its id, is used again once it has expired', async () => {
    const world = aDependencyWorld();
    const submit = async () => {
      const body = { type: 'echo', payload: 1, fallback: FALLBACK };
      const answer = await world.post('/tasks', body, { headers: { 'idempotency-key': 'each week' } });
      await world.finish(answer.body.task_id, 'failed');
      world.clock.advance(60_000);
      await world.settle();
      return answer.body.task_id;
    };
    const taskId = await submit();
    const first = fallbackOf(world, taskId);
    await complete(world, first);
    world.clock.advance(3_600_000);
    expect(await submit()).toBe(taskId);
    const second = fallbackOf(world, taskId);
    expect(second.task_id).not.toBe(first.task_id);
    await complete(world, second);
    expect(world.statusOf({ task_id: taskId })).toBe('completed');
  });

  it('waits for it once, whatever comes again', async () => {
    const world = aDependencyWorld();
    const { task_id: taskId } = await world.submit({ fallback: FALLBACK });
    await world.finish(taskId, 'failed');
    const changes = [...world.tasks.changes];
    await world.settle();
    await complete(world, fallbackOf(world, taskId));
    world.tasks.changes.push(...changes);
    await world.settle();
    expect(world.statusOf({ task_id: taskId })).toBe('completed');
    expect(world.tasks.rows.size).toBe(2);
  });
});
