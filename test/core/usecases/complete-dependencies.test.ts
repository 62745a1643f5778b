import { describe, expect, it } from 'vitest';
import { MAX_WALK } from '../../../core/dependencies/walk.ts';
import type { WriteOutcome } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { completeDependencies } from '../../../core/usecases/complete-dependencies.ts';
import { findCycle } from '../../../core/usecases/find-cycle.ts';
import { markDependencies } from '../../../core/usecases/mark-dependencies.ts';
import { writeUntilSettled } from '../../../core/usecases/write-until-settled.ts';
import { aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

function setup(...rows: readonly TaskRow[]) {
  const tasks = new InMemoryTaskStore();
  for (const row of rows) tasks.rows.set(row.task_id, row);
  const edges = new InMemoryEdgeStore();
  const deps = { tasks, edges, clock: new FixedClock(), retentionSeconds: 60 };
  return { tasks, edges, deps, row: (id: string) => tasks.rows.get(id) };
}

const held = (...on: readonly string[]): TaskRow => ({
  ...aRow(),
  status: 'waiting',
  dependencies: on.map((id, index) => `${index}s ${id}`),
  next_index: on.length,
  waiting_on: [...on.map((_, index) => String(index)), 'h'],
});
const registration = (row: TaskRow, more = {}) => ({ row, holds: ['h'], ...more });

describe('putting in place what a task waits for', () => {
  it('is nothing for none', async () => {
    expect(await completeDependencies(setup().deps, [])).toEqual([]);
  });

  it('is done for each, at its place, by one mark for many', async () => {
    const on = aRow();
    const [one, two] = [held(on.task_id), held(on.task_id)];
    const { tasks, edges, deps, row } = setup(on, one, two);
    const completed = await completeDependencies(deps, [registration(one), registration(two)]);
    expect(completed.map(({ kind }) => kind)).toEqual(['done', 'done']);
    expect(row(one.task_id)?.waiting_on).toEqual(['0']);
    expect(edges.edges.size).toBe(2);
    expect(tasks.writes.filter(({ taskId }) => taskId === on.task_id)).toHaveLength(1);
  });

  it('is not certain where edges are not, and only of those tasks', async () => {
    const [x, y] = [aRow(), aRow()];
    const [one, two] = [held(x.task_id, y.task_id), held(y.task_id)];
    const { edges, deps, row } = setup(x, y, one, two);
    const put = edges.put.bind(edges);
    edges.put = async (some) => (await put(some)).map((_, place) => place !== 1);
    const completed = await completeDependencies(deps, [registration(one), registration(two)]);
    expect(completed.map(({ kind }) => kind)).toEqual(['unconfirmed', 'done']);
    expect(row(one.task_id)?.waiting_on).toEqual(['0', '1', 'h']);
    expect(edges.edges.size).toBe(3);
  });

  it('is not certain where nothing can be read', async () => {
    const row = held('task-x');
    const { tasks, deps } = setup(row);
    tasks.readAll = async () => {
      throw new Error('down');
    };
    const completed = await completeDependencies(deps, [registration(row)]);
    expect(completed).toEqual([{ kind: 'unconfirmed', reason: 'down' }]);
    tasks.readAll = () => Promise.reject('no error');
    expect(await completeDependencies(deps, [registration(row)])).toMatchObject([{ reason: 'no error' }]);
  });

  it('is not certain where the last write is not', async () => {
    const on = aRow();
    const row = held(on.task_id);
    const { tasks, deps } = setup(on, row);
    const write = tasks.write.bind(tasks);
    tasks.write = async (writes) =>
      writes[0]?.taskId === row.task_id
        ? [{ kind: 'unconfirmed', reason: 'throttled' }]
        : await write(writes);
    const completed = await completeDependencies(deps, [registration(row)]);
    expect(completed).toEqual([{ kind: 'unconfirmed', reason: 'throttled' }]);
  });

  it('is over where the task is gone meanwhile', async () => {
    const on = aRow();
    const row = held(on.task_id);
    const { deps, edges } = setup(on);
    expect(await completeDependencies(deps, [registration(row)])).toEqual([{ kind: 'done', row }]);
    expect(edges.edges.size).toBe(0);
  });

  it('is undone where it has closed a cycle, with its edge', async () => {
    const row: TaskRow = { ...held('task-x'), waiting_on: ['0', 'h0'] };
    const other: TaskRow = {
      ...held(row.task_id),
      task_id: 'task-x',
      waiting_on: ['0'],
    };
    const { deps, edges, row: now } = setup(row, other);
    const [completed] = await completeDependencies(deps, [{ row, holds: ['h0'], only: [0], walks: true }]);
    expect(completed?.kind === 'cycle' && completed.cycle.path).toEqual([row.task_id, 'task-x', row.task_id]);
    expect(edges.edges.size).toBe(0);
    expect(now(row.task_id)?.status).toBe('queued');
  });

  it('leaves the edge where it cannot be removed: nobody waits for it', async () => {
    const on: TaskRow = { ...claimed(aRow()), status: 'completed' };
    const row = held(on.task_id);
    const { deps, edges, row: now } = setup(on, row);
    edges.remove = async () => {
      throw new Error('down');
    };
    expect(await completeDependencies(deps, [registration(row)])).toMatchObject([{ kind: 'done' }]);
    expect(now(row.task_id)?.status).toBe('queued');
    expect(edges.edges.size).toBe(1);
  });
});

describe('marking dependencies', () => {
  const on = (task_id: string, condition: 'success' | 'start', index = 0) => ({ task_id, condition, index });

  it('reads nothing for none', async () => {
    expect((await markDependencies(setup().tasks, [])).size).toBe(0);
  });

  it('marks for a start and an end at once, and again for the end alone where it has started', async () => {
    const row = aRow();
    const { tasks, row: now } = setup(row);
    await markDependencies(tasks, [on(row.task_id, 'success'), on(row.task_id, 'start', 1)]);
    expect(now(row.task_id)).toMatchObject({ has_dependents: true, has_start_dependents: true });
    expect(tasks.writes).toHaveLength(1);

    const racing = aRow();
    tasks.rows.set(racing.task_id, racing);
    const write = tasks.write.bind(tasks);
    tasks.write = async (writes) => {
      tasks.write = write;
      tasks.rows.set(racing.task_id, claimed(racing));
      return await write(writes);
    };
    await markDependencies(tasks, [on(racing.task_id, 'start'), on(racing.task_id, 'success', 1)]);
    expect(now(racing.task_id)).toMatchObject({ attempt: 1, has_dependents: true });
    expect(now(racing.task_id)).not.toHaveProperty('has_start_dependents');
  });

  it('says what it finds where the row ended, or went, meanwhile', async () => {
    const [one, two] = [claimed(aRow()), claimed(aRow())];
    const { tasks } = setup(one, two);
    const write = tasks.write.bind(tasks);
    tasks.write = async (writes) => {
      tasks.rows.set(one.task_id, { ...one, status: 'failed' });
      tasks.rows.delete(two.task_id);
      return await write(writes);
    };
    const rows = await markDependencies(tasks, [on(one.task_id, 'success'), on(two.task_id, 'success')]);
    expect([rows.get(one.task_id)?.status, rows.has(two.task_id)]).toEqual(['failed', false]);
  });

  it('fails where a mark is not certain, or refused again and again', async () => {
    const row = aRow();
    const { tasks } = setup(row);
    const fails = async (outcome: WriteOutcome) => {
      tasks.write = async () => [outcome];
      return await markDependencies(tasks, [on(row.task_id, 'success')]).catch(({ message }) => message);
    };
    expect(await fails({ kind: 'unconfirmed', reason: 'x' })).toContain('not marked for certain');
    expect(await fails({ kind: 'refused', row })).toContain('changed at every look');
  });
});

describe('looking for a cycle', () => {
  it('gives up, as if there were one, where too many tasks wait above', async () => {
    const { tasks } = setup();
    const next = (id: string) => String(Number(id) + 1);
    tasks.readAll = async (ids) => new Map(ids.map((id) => [id, { ...held(next(id)), task_id: id }]));
    const by = { task_id: '1', index: 0, condition: 'success' } as const;
    expect(await findCycle(tasks, '0', [by])).toEqual({ by, path: ['0', '1'], isTooFar: true });
    tasks.readAll = async (ids) =>
      new Map(ids.flatMap((id) => (Number(id) < MAX_WALK ? [[id, { ...held(next(id)), task_id: id }]] : [])));
    expect(await findCycle(tasks, '0', [by])).toBeUndefined();
  });
});

describe('writing until nothing is to be written', () => {
  it('gives a row up that changes at every look, and asks for each as it is', async () => {
    const row = aRow();
    const { tasks } = setup(row);
    const touch = (taskId: string) => ({
      taskId,
      expect: [],
      set: { name: 'again' },
      increment: [],
      returnRow: true,
    });
    const settled = await writeUntilSettled({ tasks }, [row], (_, id) => touch(id));
    expect(settled.get(row.task_id)).toMatchObject({ kind: 'unconfirmed' });
  });

  it('is not certain of a row without an answer', async () => {
    const row = aRow();
    const write = { taskId: row.task_id, expect: [], set: {}, increment: [], returnRow: true };
    const settled = await writeUntilSettled({ tasks: { write: async () => [] } }, [row], () => write);
    expect(settled.get(row.task_id)).toMatchObject({ reason: `${row.task_id} has no answer` });
  });
});
