import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptTask, type Submission } from '../../../core/submission.ts';
import type { TaskFilter } from '../../../core/task-filter.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { shardOf } from '../../../core/time-index.ts';
import { type ListCall, type ListDeps, listTasks } from '../../../core/usecases/list-tasks.ts';
import { NOW_MS, newTaskId } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryTaskIndex } from '../../support/in-memory-task-index.ts';

const HOUR_MS = 3600_000;

/** A list over rows that were created so many milliseconds ago. */
function aList(
  specs: readonly {
    readonly agoMs: number;
    readonly row?: Partial<TaskRow>;
    readonly task?: Partial<Submission>;
  }[],
  shards = 4,
) {
  const rows = new Map<string, TaskRow>();
  const index = new InMemoryTaskIndex(rows);
  for (const { agoMs, row, task } of specs) {
    const taskId = newTaskId();
    const terms = { taskId, tenant: 'client-1', nowMs: NOW_MS - agoMs, shard: shardOf(taskId, shards) };
    const accepted = { ...acceptTask({ type: 'echo', payload: 1, ...task }, terms).row, ...row };
    rows.set(taskId, accepted);
    index.announceRow(accepted);
  }
  const deps: ListDeps = {
    index,
    cursorKeys: { read: async () => ['key-1'] },
    clock: new FixedClock(NOW_MS),
    findTaskType: () => undefined,
  };
  const call = (more: Partial<ListCall> = {}): ListCall => ({
    route: 'GET /tasks',
    tenant: 'client-1',
    filter: {},
    limit: 50,
    ...more,
  });
  const newestFirst = [...rows.values()]
    .sort((a, b) => (a.listed_at < b.listed_at ? 1 : -1))
    .map(({ task_id }) => task_id);
  return { rows, index, deps, call, newestFirst };
}

type List = ReturnType<typeof aList>;

/** The ids of all pages, and what each page had. */
async function allPages({ deps, call }: List, more: Partial<ListCall> = {}) {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listTasks(deps, call({ ...more, ...(cursor === undefined ? {} : { cursor }) }));
    pages.push(page.items.map(({ task_id }) => task_id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && pages.length < 1000);
  return { pages, ids: pages.flat() };
}

describe('a list of tasks', () => {
  it('is empty, and ends, where there are none', async () => {
    const { deps, call } = aList([]);
    expect(await listTasks(deps, call())).toEqual({ items: [], next_cursor: null });
  });

  it('is merged over shards and hours, newest first, without payloads', async () => {
    const list = aList(Array.from({ length: 30 }, (_, n) => ({ agoMs: n * 17 * 60_000 })));
    const page = await listTasks(list.deps, list.call());
    expect(page.items.map(({ task_id }) => task_id)).toEqual(list.newestFirst);
    expect(page.next_cursor).toBeNull();
    expect(page.items[0]).not.toHaveProperty('payload');
  });

  it('has every task exactly once, newest first, with any limit, in any hours and shards', async () => {
    const ages = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 3 * HOUR_MS }), fc.nat({ max: 400 * HOUR_MS }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(ages, { maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 20 }),
        async (agesMs, shards, limit) => {
          const list = aList(
            agesMs.map((agoMs) => ({ agoMs })),
            shards,
          );
          const { pages, ids } = await allPages(list, { limit });
          expect(ids).toEqual(list.newestFirst);
          for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps to its bounds and its filter with any of them', async () => {
    const tasks = fc.record({
      agoMs: fc.nat({ max: 4 * HOUR_MS }),
      task: fc.record({
        agent_id: fc.constantFrom('agent-1', 'agent-2'),
        priority: fc.constantFrom(1, 5),
        tags: fc.subarray(['a', 'b']),
        type: fc.constantFrom('echo', 'word_count'),
      }),
      row: fc.record({ status: fc.constantFrom('queued', 'failed') as fc.Arbitrary<'queued' | 'failed'> }),
    });
    const filters = fc.record(
      {
        agent_id: fc.constant('agent-1'),
        lane: fc.constant('critical' as const),
        tag: fc.constant('a'),
        type: fc.constant('echo'),
        status: fc.constant('failed' as const),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<TaskFilter>;
    const bound = fc.option(
      fc.nat({ max: 4 * HOUR_MS }).map((agoMs) => NOW_MS - agoMs),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(tasks, { maxLength: 40 }),
        filters,
        bound,
        bound,
        fc.integer({ min: 1, max: 9 }),
        async (specs, filter, after, before, limit) => {
          const list = aList(specs);
          const bounds = {
            ...(after === undefined ? {} : { createdAfterMs: after }),
            ...(before === undefined ? {} : { createdBeforeMs: before }),
          };
          const { ids } = await allPages(list, { limit, filter, ...bounds });
          const expected = list.newestFirst.filter((taskId) => {
            const row = list.rows.get(taskId);
            const createdMs = Number(row?.listed_at.slice(0, 13));
            return (
              (filter.agent_id === undefined || row?.agent_id === filter.agent_id) &&
              (filter.lane === undefined || row?.priority === 1) &&
              (filter.tag === undefined || row?.tags?.includes(filter.tag)) &&
              (filter.type === undefined || row?.type === filter.type) &&
              (filter.status === undefined || row?.status === filter.status) &&
              (after === undefined || createdMs > after) &&
              (before === undefined || createdMs < before)
            );
          });
          expect(ids).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads an agent by its own index', async () => {
    const list = aList([0, 1, 2, 3].map((agoMs) => ({ agoMs, task: { agent_id: `agent-${agoMs % 2}` } })));
    const { ids } = await allPages(list, { filter: { agent_id: 'agent-1' }, limit: 1 });
    expect(ids).toHaveLength(2);
    expect(list.index.queries.every(({ partition }) => partition.index === 'agent')).toBe(true);
  });

  it('leaves out tasks whose retention is over, and entries without a row', async () => {
    const over = { expires_at: NOW_MS / 1000 };
    const list = aList([{ agoMs: 0 }, { agoMs: 1, row: over }, { agoMs: 2 }, { agoMs: 3 }]);
    const [first, , third = '', fourth] = list.newestFirst;
    const rows = list.index.rows.bind(list.index);
    list.index.rows = async (ids) => new Map([...(await rows(ids))].filter(([taskId]) => taskId !== third));
    expect((await allPages(list, { limit: 2 })).ids).toEqual([first, fourth]);
  });

  it('ends a page early after a thousand rows that the filter leaves out, and goes on from there', async () => {
    const many = Array.from({ length: 1100 }, (_, agoMs) => ({ agoMs }));
    const list = aList([...many, { agoMs: 5000, row: { status: 'failed' } }]);
    const { pages, ids } = await allPages(list, { filter: { status: 'failed' } });
    expect(ids).toEqual([list.newestFirst.at(-1)]);
    expect(pages).toEqual([[], ids]);
  });

  it('ends a page early after two seconds', async () => {
    const list = aList(Array.from({ length: 60 }, (_, n) => ({ agoMs: n * HOUR_MS })));
    const clock = new FixedClock(NOW_MS);
    const rows = list.index.rows.bind(list.index);
    list.index.rows = async (ids) => {
      clock.advance(2000);
      return await rows(ids);
    };
    const slow = { ...list, deps: { ...list.deps, clock } };
    const { pages, ids } = await allPages(slow, { filter: { type: 'echo' }, limit: 200 });
    expect(ids).toEqual(list.newestFirst);
    expect(pages.length).toBeGreaterThan(1);
  });

  it('ends a page early before it is larger than a function may answer', async () => {
    const large = {
      description: 'ä'.repeat(4096),
      metadata: { text: 'x'.repeat(16_000) },
      tags: Array(50).fill('ä'.repeat(128)),
    };
    const list = aList(Array.from({ length: 150 }, (_, agoMs) => ({ agoMs, task: large })));
    const page = await listTasks(list.deps, list.call({ limit: 200 }));
    expect(page.items.length).toBeLessThan(150);
    expect(JSON.stringify(page).length).toBeLessThan(3 * 1024 * 1024);
    expect((await allPages(list, { limit: 200 })).ids).toEqual(list.newestFirst);
  });

  it('reads no more rows than it shows', async () => {
    const list = aList(Array.from({ length: 500 }, (_, n) => ({ agoMs: n + 1 })));
    await listTasks(list.deps, list.call({ limit: 10 }));
    expect(list.index.reads.reduce((sum, count) => sum + count, 0)).toBe(10);
    for (const { limit } of list.index.queries) expect(limit).toBeLessThanOrEqual(10);
  });

  it('has no task that starts before any time, as yet', async () => {
    const list = aList([{ agoMs: 0 }]);
    const page = await listTasks(list.deps, list.call({ scheduledBeforeMs: NOW_MS }));
    expect(page).toEqual({ items: [], next_cursor: null });
  });
});
