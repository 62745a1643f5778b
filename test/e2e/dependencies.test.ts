import { describe, expect, it } from 'vitest';
import type { BatchMemberInput } from '../../core/contract/submission-schema.ts';
import type { Task } from '../../core/contract/task-schema.ts';
import { clientAs } from '../support/api.ts';
import { rowsTagged } from '../support/table-scan.ts';
import { until } from '../support/until.ts';

const client = () => clientAs('task_submitter');

const echo = (more: Partial<Omit<BatchMemberInput, 'payload_ref'>> = {}): BatchMemberInput => ({
  type: 'echo',
  payload: 1,
  ...more,
});

/** Tasks of one test, found again by their tag. */
const newTag = () => `dependencies-${crypto.randomUUID()}`;

const single = { type: 'echo', payload: 1 } as const;

/** A task that nobody runs until the test lets it: it is due in an hour. */
const aGate = async (): Promise<Task> => {
  const scheduled_at = new Date(Date.now() + 3_600_000).toISOString();
  return await client().submit({ ...single, scheduled_at });
};
const open = (gate: Task) => client().change(gate.task_id, { scheduled_at: null });

/** A task that fails at once. */
const failing = { type: 'data_processing', payload: { data: 1, expression: '$error("no")' } } as const;

const allEnded = async (tag: string, count: number, withinMs = 100_000) =>
  await until(
    `${count} tasks to end`,
    async () => {
      const rows = [...(await rowsTagged(tag)).values()];
      const ended = rows.filter(({ status }) => ['completed', 'failed'].includes(status));
      return ended.length === count ? rows : undefined;
    },
    { withinMs, everyMs: 250 },
  );

const timed = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
  const startMs = performance.now();
  const value = await run();
  console.log(`${what}: ${Math.round(performance.now() - startMs)} ms`);
  return value;
};

const startedAt = (task: Task) => Date.parse(task.started_at ?? '');
const completedAt = (task: Task) => Date.parse(task.completed_at ?? '');

describe('tasks that depend on each other', () => {
  it('run as a diamond', async () => {
    const { items } = await client().submitBatch([
      echo({ ref: 'd', dependencies: [{ ref: 'b' }, { ref: 'c' }] }),
      echo({ ref: 'b', dependencies: [{ ref: 'a' }] }),
      echo({ ref: 'c', dependencies: [{ ref: 'a' }] }),
      echo({ ref: 'a' }),
    ]);
    const [d, b, c, a] = await timed('a diamond', async () =>
      Promise.all(items.map(({ task_id }) => client().wait(task_id))),
    );
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('lost');
    for (const task of [a, b, c, d]) expect(task).toMatchObject({ status: 'completed', attempt: 1 });
    for (const [later, earlier] of [
      [b, a],
      [c, a],
      [d, b],
      [d, c],
    ] as const) {
      expect(startedAt(later)).toBeGreaterThanOrEqual(completedAt(earlier));
    }
  });

  it('run as a chain of 100, one after the other', async () => {
    const tag = newTag();
    const { items } = await timed('submitting a chain of 100', () =>
      client().submitBatch(
        Array.from({ length: 100 }, (_, n) =>
          echo({ ref: `n${n}`, tags: [tag], dependencies: n === 0 ? [] : [{ ref: `n${n - 1}` }] }),
        ),
      ),
    );
    const rows = await timed('a chain of 100', () => allEnded(tag, 100));
    expect(rows.every(({ status, attempt }) => status === 'completed' && attempt === 1)).toBe(true);
    const last = await client().get(items.at(-1)?.task_id ?? '');
    const first = await client().get(items[0]?.task_id ?? '');
    console.log(`a step of the chain: ${Math.round((completedAt(last) - completedAt(first)) / 99)} ms`);
  });

  it('wait for 100 others', async () => {
    const tag = newTag();
    const leaves = Array.from({ length: 100 }, (_, n) => `leaf${n}`);
    const { items } = await client().submitBatch([
      ...leaves.map((ref) => echo({ ref, tags: [tag] })),
      echo({ ref: 'end', tags: [tag], dependencies: leaves.map((ref) => ({ ref })) }),
    ]);
    await timed('a fan-in of 100', () => allEnded(tag, 101));
    const end = await client().get(items.at(-1)?.task_id ?? '');
    expect(end).toMatchObject({ status: 'completed', attempt: 1 });
    expect(end.dependencies).toHaveLength(100);
    const last = Math.max(
      ...(await Promise.all(items.slice(0, 100).map(({ task_id }) => client().get(task_id)))).map(
        completedAt,
      ),
    );
    expect(startedAt(end)).toBeGreaterThanOrEqual(last);
    console.log(`from the last end to the start of what waited: ${startedAt(end) - last} ms`);
  });

  it('go on by the thousand when the one that they wait for has ended', async () => {
    const tag = newTag();
    const gate = await aGate();
    const dependencies = [{ task_id: gate.task_id }];
    for (let batch = 0; batch < 4; batch += 1) {
      await client().submitBatch(Array.from({ length: 250 }, () => echo({ tags: [tag], dependencies })));
    }
    await open(gate);
    const end = completedAt(await client().wait(gate.task_id));
    const rows = await allEnded(tag, 1000);
    expect(rows.every(({ status, attempt }) => status === 'completed' && attempt === 1)).toBe(true);
    const ready = rows.map(({ history }) =>
      Number.parseInt((history[1] ?? '').split(' ')[0]?.slice(0, -1) ?? '', 36),
    );
    const done = rows.map(({ history }) =>
      Number.parseInt((history.at(-1) ?? '').split(' ')[0]?.slice(0, -1) ?? '', 36),
    );
    console.log(
      `fan-out to 1,000: all on their lane after ${Math.max(...ready) - end} ms, all completed after ${Math.max(...done) - end} ms`,
    );
  });

  it('fail through three levels when one fails, naming it', async () => {
    const { items } = await client().submitBatch([
      { ...failing, ref: 'root' },
      echo({ ref: 'one', dependencies: [{ ref: 'root' }] }),
      echo({ ref: 'two', dependencies: [{ ref: 'one' }] }),
      echo({ ref: 'three', dependencies: [{ ref: 'two' }] }),
      echo({ ref: 'clean-up', dependencies: [{ ref: 'three', condition: 'completion' }] }),
    ]);
    const [root, one, two, three, cleanUp] = await timed('a failure through three levels', () =>
      Promise.all(items.map(({ task_id }) => client().wait(task_id))),
    );
    expect(root?.status).toBe('failed');
    for (const [task, on] of [
      [one, root],
      [two, one],
      [three, two],
    ] as const) {
      expect(task).toMatchObject({
        status: 'failed',
        attempt: 0,
        error: {
          code: 'dependency_failed',
          details: { task_id: on?.task_id, root_task_id: root?.task_id },
        },
      });
    }
    expect(cleanUp).toMatchObject({ status: 'completed' });
    await expect(
      client().submit({ ...single, dependencies: [{ task_id: one?.task_id ?? '' }] }),
    ).resolves.toMatchObject({ status: 'failed', error: { code: 'dependency_failed' } });
  });

  it('go on when the other one starts', async () => {
    const gate = await aGate();
    const task = await client().submit({
      ...single,
      dependencies: [{ task_id: gate.task_id, condition: 'start' }],
    });
    expect(task.status).toBe('waiting');
    await open(gate);
    const [ended, started] = [await client().wait(task.task_id), await client().wait(gate.task_id)];
    expect(ended.status).toBe('completed');
    expect(startedAt(ended)).toBeGreaterThanOrEqual(startedAt(started));
  });

  it('get and lose dependencies while they wait, and refuse a cycle', async () => {
    const [one, two] = [await aGate(), await aGate()];
    const task = await client().submit({ ...single, dependencies: [{ task_id: one.task_id }] });
    const last = await client().submit({ ...single, dependencies: [{ task_id: task.task_id }] });
    await expect(client().addDependency(task.task_id, last.task_id)).rejects.toMatchObject({
      code: 'dependency_cycle',
      status: 422,
    });
    const added = await client().addDependency(task.task_id, two.task_id, { condition: 'completion' });
    expect(added.dependencies).toEqual([
      { task_id: one.task_id, condition: 'success' },
      { task_id: two.task_id, condition: 'completion' },
    ]);
    await client().removeDependency(task.task_id, one.task_id);
    await open(two);
    expect(await client().wait(last.task_id)).toMatchObject({ status: 'completed' });
    expect((await client().get(task.task_id)).dependencies).toEqual([
      { task_id: two.task_id, condition: 'completion' },
    ]);
    await client().cancel(one.task_id);
  });
});
