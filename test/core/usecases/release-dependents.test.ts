import { describe, expect, it } from 'vitest';
import type { Edge } from '../../../core/dependencies/edge.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { RELEASE_PAGE, releaseDependents } from '../../../core/usecases/release-dependents.ts';
import { aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryReleaseQueue } from '../../support/in-memory-release-queue.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const ended = (status: 'completed' | 'failed' = 'completed'): TaskRow => ({ ...claimed(aRow()), status });

/** A dependency and so many tasks that wait for it. */
async function given(dependency: TaskRow, count: number) {
  const tasks = new InMemoryTaskStore();
  const edges = new InMemoryEdgeStore();
  const releases = new InMemoryReleaseQueue();
  tasks.rows.set(dependency.task_id, dependency);
  const dependents = Array.from({ length: count }, (): TaskRow => {
    const row: TaskRow = {
      ...aRow(),
      status: 'waiting',
      dependencies: [`0s ${dependency.task_id}`],
      next_index: 1,
      waiting_on: ['0'],
    };
    tasks.rows.set(row.task_id, row);
    return row;
  });
  const edgeTo = ({ task_id }: TaskRow): Edge => ({
    dependencyId: dependency.task_id,
    dependentId: task_id,
    index: 0,
    condition: 'success',
  });
  await edges.put(dependents.map(edgeTo));
  const deps = { tasks, edges, releases, clock: new FixedClock(), retentionSeconds: 60 };
  const message = { task_id: dependency.task_id, of: 'end' } as const;
  const states = () => dependents.map(({ task_id }) => tasks.rows.get(task_id)?.status);
  return { tasks, edges, releases, deps, dependents, message, states, edgeTo };
}

describe('telling dependents of an end', () => {
  it('goes page by page, and sends for the next one before its own work is done', async () => {
    const { tasks, edges, releases, deps, message, states } = await given(ended(), RELEASE_PAGE + 30);
    const write = tasks.write.bind(tasks);
    const sentAtFirstWrite: number[] = [];
    tasks.write = async (writes) => {
      sentAtFirstWrite.push(releases.sent.length);
      return await write(writes);
    };
    expect(await releaseDependents(deps, [message])).toEqual({ failures: [undefined], edges: RELEASE_PAGE });
    expect(sentAtFirstWrite[0]).toBe(1);
    const [next] = releases.sent;
    expect(next).toEqual({ ...message, after: expect.any(String) });
    expect(await releaseDependents(deps, next === undefined ? [] : [next])).toMatchObject({ edges: 30 });
    expect(new Set(states())).toEqual(new Set(['queued']));
    expect([releases.sent.length, edges.edges.size]).toEqual([1, 0]);
  });

  it('does nothing where it is no longer so, and sends for no page', async () => {
    const { releases, deps, message, states, edges } = await given(claimed(aRow()), RELEASE_PAGE + 1);
    expect(await releaseDependents(deps, [message])).toEqual({ failures: [undefined], edges: 0 });
    expect(new Set(states())).toEqual(new Set(['waiting']));
    expect([releases.sent.length, edges.edges.size]).toEqual([0, RELEASE_PAGE + 1]);
  });

  it('counts a task that is gone as failed', async () => {
    const { tasks, deps, message, states } = await given(ended(), 1);
    tasks.rows.delete(message.task_id);
    await releaseDependents(deps, [message]);
    expect(states()).toEqual(['failed']);
  });

  it('writes a dependent once that several ends concern', async () => {
    const one = await given(ended(), 1);
    const other = ended();
    const [dependent] = one.dependents;
    if (dependent === undefined) throw new Error('none');
    one.tasks.rows.set(other.task_id, other);
    one.tasks.rows.set(dependent.task_id, { ...dependent, waiting_on: ['0', '1', '2'] });
    await one.edges.put([{ ...one.edgeTo(dependent), dependencyId: other.task_id, index: 1 }]);
    await releaseDependents(one.deps, [one.message, { task_id: other.task_id, of: 'end' }]);
    expect(one.tasks.rows.get(dependent.task_id)?.waiting_on).toEqual(['2']);
    expect(one.tasks.writes).toHaveLength(1);
  });

  it('forgets edges whose dependents wait no longer, or are gone', async () => {
    const { tasks, edges, deps, dependents, message } = await given(ended(), 3);
    const [one, two] = dependents;
    if (one === undefined || two === undefined) throw new Error('none');
    tasks.rows.delete(one.task_id);
    tasks.rows.set(two.task_id, { ...two, status: 'cancelled' });
    expect(await releaseDependents(deps, [message])).toMatchObject({ edges: 3 });
    expect(edges.edges.size).toBe(0);
  });

  it('takes a task on that is left waiting for nothing', async () => {
    const { tasks, deps, dependents, states } = await given(ended(), 1);
    const [row] = dependents;
    if (row === undefined) throw new Error('none');
    const { waiting_on: _, ...empty } = row;
    tasks.rows.set(row.task_id, empty);
    await releaseDependents(deps, [{ task_id: row.task_id, of: 'empty' }]);
    expect(states()).toEqual(['queued']);
  });
});

describe('a release message comes again', () => {
  it('where its edges cannot be read, and no other', async () => {
    const { edges, deps, message, states } = await given(ended(), 1);
    const page = edges.page.bind(edges);
    edges.page = async (query) => {
      if (query.dependencyId === 'task-lost') throw new Error('down');
      return await page(query);
    };
    const report = await releaseDependents(deps, [{ task_id: 'task-lost', of: 'end' }, message]);
    expect(report.failures).toEqual(['down', undefined]);
    expect(states()).toEqual(['queued']);
  });

  it('where rows cannot be read', async () => {
    const { tasks, deps, message, states } = await given(ended(), 1);
    const readAll = tasks.readAll.bind(tasks);
    tasks.readAll = () => Promise.reject('down');
    expect((await releaseDependents(deps, [message])).failures).toEqual(['down']);
    let reads = 0;
    tasks.readAll = async (ids) => {
      reads += 1;
      if (reads === 2) throw new Error('down');
      return await readAll(ids);
    };
    expect((await releaseDependents(deps, [message])).failures).toEqual(['down']);
    expect(states()).toEqual(['waiting']);
  });

  it('where the next page is not sent for, and its own is then not worked on', async () => {
    const { releases, deps, message, states } = await given(ended(), RELEASE_PAGE);
    releases.accepts = false;
    expect((await releaseDependents(deps, [message])).failures).toEqual([
      'the next page is not sent for certain',
    ]);
    expect(states()[0]).toBe('waiting');
  });

  it('where a dependent is not written for certain, and its edges stay', async () => {
    const { tasks, edges, deps, message } = await given(ended(), 2);
    tasks.write = async (writes) => writes.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
    expect((await releaseDependents(deps, [message])).failures).toEqual(['throttled']);
    expect(edges.edges.size).toBe(2);
  });

  it('not where only the edges could not be removed', async () => {
    const { edges, deps, message } = await given(ended(), 1);
    edges.remove = async () => {
      throw new Error('down');
    };
    expect((await releaseDependents(deps, [message])).failures).toEqual([undefined]);
  });
});
