import { describe, expect, it } from 'vitest';
import { newTaskId } from '../../support/builders.ts';
import { aDependencyWorld } from '../../support/dependency-world.ts';

interface Item {
  readonly index: number;
  readonly ref?: string;
  readonly task_id: string;
  readonly status: string;
}

const member = (ref: string | undefined, ...on: readonly (string | object)[]) => ({
  type: 'echo',
  payload: ref ?? null,
  ...(ref === undefined ? {} : { ref }),
  dependencies: on.map((one) => (typeof one === 'string' ? { ref: one } : one)),
});

const byRef = (items: readonly Item[]) => new Map(items.map(({ ref, task_id }) => [ref, task_id]));

describe('a batch whose members depend on each other', () => {
  it('is answered in the body’s order, with the refs, and put dependencies first', async () => {
    const world = aDependencyWorld();
    const order: string[] = [];
    const insert = world.tasks.insert.bind(world.tasks);
    world.tasks.insert = async (rows) => {
      order.push(rows.map(({ payload }) => payload).join(' '));
      return await insert(rows);
    };
    const tasks = [member('d', 'b', 'c'), member('b', 'a'), member('c', 'a'), member('a'), member(undefined)];
    const { status, body } = await world.post('/tasks/batch', { tasks });
    expect(status).toBe(202);
    expect(body.items.map(({ index, ref, status: as }: Item) => [index, ref, as])).toEqual([
      [0, 'd', 'waiting'],
      [1, 'b', 'waiting'],
      [2, 'c', 'waiting'],
      [3, 'a', 'queued'],
      [4, undefined, 'queued'],
    ]);
    expect(order).toEqual(['"a" null', '"b" "c"', '"d"']);
  });

  it('runs as a diamond', async () => {
    const world = aDependencyWorld();
    const tasks = [member('d', 'b', 'c'), member('b', 'a'), member('c', 'a'), member('a')];
    const ids = byRef((await world.post('/tasks/batch', { tasks })).body.items);
    const states = () => ['a', 'b', 'c', 'd'].map((ref) => world.row(ids.get(ref) ?? '').status);
    for (const ref of ['a', 'b', 'c', 'd']) {
      await world.settle();
      await world.finish(ids.get(ref) ?? '', 'completed');
    }
    await world.settle();
    expect(states()).toEqual(Array(4).fill('completed'));
    expect(world.edges.edges.size).toBe(0);
  });

  it('marks by their insert those that others wait for, and writes them no more', async () => {
    const world = aDependencyWorld();
    const tasks = [member('a'), member('b', { ref: 'a', condition: 'start' }), member('c', 'a')];
    const ids = byRef((await world.post('/tasks/batch', { tasks })).body.items);
    expect(world.row(ids.get('a') ?? '')).toMatchObject({ has_dependents: true, has_start_dependents: true });
    expect(world.tasks.writes.map(({ taskId }) => taskId).sort()).toEqual(
      [ids.get('b'), ids.get('c')].sort(),
    );
  });

  it('depends on tasks from before too', async () => {
    const world = aDependencyWorld();
    const one = await world.submit();
    const tasks = [member('a', { task_id: one.task_id }), member('b', 'a')];
    const ids = byRef((await world.post('/tasks/batch', { tasks })).body.items);
    await world.finish(one.task_id, 'failed');
    await world.settle();
    expect(['a', 'b'].map((ref) => world.row(ids.get(ref) ?? '').status)).toEqual(['failed', 'failed']);
  });

  it('takes 100 dependencies of one member, and 100 members that depend on one', async () => {
    const world = aDependencyWorld();
    const leaves = Array.from({ length: 100 }, (_, index) => `leaf-${index}`);
    const tasks = [member('root'), ...leaves.map((leaf) => member(leaf, 'root')), member('end', ...leaves)];
    const ids = byRef((await world.post('/tasks/batch', { tasks })).body.items);
    await world.finish(ids.get('root') ?? '', 'completed');
    await world.settle();
    for (const leaf of leaves) await world.finish(ids.get(leaf) ?? '', 'completed');
    await world.settle();
    expect(world.row(ids.get('end') ?? '').status).toBe('queued');
  });

  it('fails with the index of each where refs are unknown or given twice, and stores nothing', async () => {
    const world = aDependencyWorld();
    const tasks = [member('a'), member('a', 'nobody'), member('b', 'a', 'b2'), member('b')];
    const { status, body } = await world.post('/tasks/batch', { tasks });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors).toEqual([
      { path: '/tasks/1/dependencies/0/ref', message: expect.stringContaining('"nobody"') },
      { path: '/tasks/1/ref', message: expect.stringContaining('member 0') },
      { path: '/tasks/2/dependencies/1/ref', message: expect.stringContaining('"b2"') },
      { path: '/tasks/3/ref', message: expect.stringContaining('member 2') },
    ]);
    expect(world.tasks.rows.size).toBe(0);
  });

  it('fails naming a cycle, with the index of each of its members, and stores nothing', async () => {
    const world = aDependencyWorld();
    const tasks = [member('x', 'b'), member('a', 'c'), member('b', 'a'), member('c', 'b'), member('d')];
    const { status, body } = await world.post('/tasks/batch', { tasks });
    expect([status, body.code, body.cycle]).toEqual([422, 'dependency_cycle', ['b', 'a', 'c', 'b']]);
    expect(body.detail).toContain('b -> a -> c -> b');
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/tasks/2',
      '/tasks/1',
      '/tasks/3',
    ]);
    expect(world.tasks.rows.size).toBe(0);
  });

  it('fails where a member depends on itself', async () => {
    const { body } = await aDependencyWorld().post('/tasks/batch', { tasks: [member('a', 'a')] });
    expect([body.code, body.cycle]).toEqual(['dependency_cycle', ['a', 'a']]);
  });

  it('fails where a task from before is not there, with the index of the member', async () => {
    const gone = newTaskId();
    const tasks = [member('a'), member('b', 'a', { task_id: gone })];
    const { status, body } = await aDependencyWorld().post('/tasks/batch', { tasks });
    expect([status, body.code, body.errors[0].path]).toEqual([
      422,
      'dependency_not_found',
      '/tasks/1/dependencies/1/task_id',
    ]);
  });
});

describe('a batch with refs that was stored half-way', () => {
  const headers = { 'idempotency-key': 'key-1' };
  const tasks = [member('c', 'b'), member('b', 'a'), member('a'), member('z')];

  it('stores nothing that depends on what is not stored, and is completed when it is sent again', async () => {
    const world = aDependencyWorld();
    const insert = world.tasks.insert.bind(world.tasks);
    let calls = 0;
    world.tasks.insert = async (rows) => {
      calls += 1;
      if (calls === 3) return rows.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
      return await insert(rows);
    };
    const half = await world.post('/tasks/batch', { tasks }, { headers });
    expect(half.status).toBe(503);
    expect(half.body.items.map(({ ref }: Item) => ref)).toEqual(['a', 'z']);
    expect(world.log.find(({ message }) => message === 'submissions are not confirmed')?.fields).toEqual({
      reasons: ['a task of the batch that it depends on is not stored for certain', 'throttled'],
    });

    const again = await world.post('/tasks/batch', { tasks }, { headers });
    expect([again.status, again.body.items.length]).toEqual([202, 4]);
    expect(world.tasks.rows.size).toBe(4);
    const ids = byRef(again.body.items);
    expect(world.row(ids.get('c') ?? '').waiting_on).toEqual(['0']);
    const third = await world.post('/tasks/batch', { tasks }, { headers });
    expect([third.status, third.body]).toEqual([200, again.body]);
  });

  it('sends dependents of a lost dependency nowhere but to their end', async () => {
    const world = aDependencyWorld();
    const ids = byRef((await world.post('/tasks/batch', { tasks }, { headers })).body.items);
    for (const ref of ['a', 'b', 'c']) {
      await world.finish(ids.get(ref) ?? '', 'completed');
      await world.settle();
    }
    const again = await world.post('/tasks/batch', { tasks }, { headers });
    expect([again.status, again.body.items.map(({ status }: Item) => status)]).toEqual([
      200,
      ['waiting', 'waiting', 'queued', 'queued'],
    ]);
  });
});
