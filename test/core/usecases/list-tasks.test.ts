import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listTasks } from '../../../core/usecases/list-tasks.ts';
import { aList, allPages } from '../../support/a-list.ts';
import { NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';

const HOUR_MS = 3600_000;

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

  it('reads an agent by its own index', async () => {
    const list = aList([0, 1, 2, 3].map((agoMs) => ({ agoMs, task: { agent_id: `agent-${agoMs % 2}` } })));
    const { ids } = await allPages(list, { filter: { agent_id: 'agent-1' }, limit: 1 });
    expect(ids).toHaveLength(2);
    expect(list.index.queries.every(({ partition }) => partition.index === 'agent')).toBe(true);
  });

  it('reads an entry whose id was given to another task as none', async () => {
    const list = aList([{ agoMs: 0 }, { agoMs: 5, task: { tags: ['a'] } }]);
    const [, older = ''] = list.newestFirst;
    const row = list.rows.get(older);
    if (row === undefined) throw new Error('no row');
    list.put({ ...row, listed_at: `${NOW_MS - 1}#${older}` });
    for (const filter of [{}, { tag: 'a' }]) {
      const { ids } = await allPages(list, { filter, limit: 200 });
      expect(ids.filter((id) => id === older)).toHaveLength(1);
    }
  });

  it('reads on in large steps where a page was not filled by what it read', async () => {
    const over = { expires_at: NOW_MS / 1000 };
    const aged = (agoMs: number) => ({ agoMs, ...(agoMs > 10 ? { row: over } : {}) });
    const list = aList(
      Array.from({ length: 300 }, (_, n) => aged(n + 1)),
      1,
    );
    expect((await allPages(list, { limit: 20 })).ids).toHaveLength(10);
    expect(list.index.reads).toEqual([20, 100, 100, 80]);
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
    const list = aList([...many, { agoMs: 5000, row: { status: 'cancelled' } }]);
    const { pages, ids } = await allPages(list, { filter: { status: 'cancelled' } });
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
});
