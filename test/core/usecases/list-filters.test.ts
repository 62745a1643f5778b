import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES, laneOf } from '../../../core/lane.ts';
import { TASK_STATUSES, type TaskStatus } from '../../../core/status.ts';
import { isListed, type TaskFilter } from '../../../core/task-filter.ts';
import type { StripeQuery } from '../../../core/task-index.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { aList, aListedRow, allPages, idsOf, type List, type ListedSpec } from '../../support/a-list.ts';
import { NOW_MS } from '../../support/builders.ts';

const HOUR_MS = 3600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

/** What a row in some state has beside the state. */
const inState = (status: TaskStatus, priority: number): Partial<TaskRow> => ({
  status,
  ...(status === 'failed' ? { failed_in: laneOf(priority) } : {}),
});

const anySpec: fc.Arbitrary<ListedSpec> = fc
  .record({
    agoMs: fc.oneof(fc.nat({ max: 4 * HOUR_MS }), fc.nat({ max: 3 * MONTH_MS })),
    status: fc.constantFrom(...TASK_STATUSES, 'failed' as const),
    priority: fc.constantFrom(1, 5, 9),
    agent_id: fc.option(fc.constantFrom('agent-1', 'agent-2'), { nil: undefined }),
    tags: fc.subarray(['a', 'b#1']),
    type: fc.constantFrom('echo', 'word_count'),
    scheduledInMs: fc.option(fc.integer({ min: -HOUR_MS, max: 9 * HOUR_MS }), { nil: undefined }),
    isOver: fc.boolean(),
  })
  .map(({ agoMs, status, priority, agent_id, tags, type, scheduledInMs, isOver }) => ({
    agoMs,
    task: {
      priority,
      tags,
      type,
      ...(agent_id === undefined ? {} : { agent_id }),
      // Only a task with a time to start at is ever scheduled.
      ...(scheduledInMs === undefined && status !== 'scheduled'
        ? {}
        : { scheduled_at: NOW_MS + (scheduledInMs ?? HOUR_MS) }),
    },
    row: {
      ...inState(status, priority),
      ...(isOver && agoMs % 5 === 0 ? { expires_at: NOW_MS / 1000 } : {}),
    },
  }));

const aMoment = fc.nat({ max: 4 * HOUR_MS }).map((agoMs) => NOW_MS - agoMs);
const anyFilter = fc.record(
  {
    agent_id: fc.constant('agent-1'),
    lane: fc.constantFrom(...LANES),
    tag: fc.constantFrom('a', 'b#1', 'b'),
    type: fc.constant('echo'),
    status: fc.constantFrom(...TASK_STATUSES, 'failed' as const),
    createdAfterMs: aMoment,
    createdBeforeMs: aMoment,
    scheduledBeforeMs: fc.integer({ min: NOW_MS - HOUR_MS, max: NOW_MS + 9 * HOUR_MS }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<TaskFilter>;

/** What a filter means, said a second time: by looking at each row. */
function isMeant(row: TaskRow, filter: TaskFilter): boolean {
  const createdMs = Number(row.listed_at.slice(0, 13));
  return (
    isListed(row, filter, NOW_MS) &&
    createdMs > (filter.createdAfterMs ?? 0) &&
    createdMs < (filter.createdBeforeMs ?? Number.POSITIVE_INFINITY)
  );
}

const meant = ({ rows }: List, filter: TaskFilter): string[] =>
  idsOf([...rows.values()].filter((row) => isMeant(row, filter)));

describe('a list with any filter', () => {
  it('has on its pages exactly the tasks that meet it, each once, newest first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySpec, { maxLength: 60 }),
        anyFilter,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        async (specs, filter, limit, shards) => {
          const list = aList(specs, shards);
          expect((await allPages(list, { limit, filter })).ids).toEqual(meant(list, filter));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has every task that meets it throughout, while tasks come and change between the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySpec, { minLength: 5, maxLength: 40 }),
        fc.array(
          fc.record({ place: fc.nat(), to: fc.constantFrom(...TASK_STATUSES), added: fc.option(anySpec) }),
          { minLength: 1, maxLength: 8 },
        ),
        anyFilter,
        fc.integer({ min: 1, max: 4 }),
        async (specs, changes, filter, limit) => {
          const list = aList(specs);
          const throughout = new Set(meant(list, filter));
          const ever = new Set(throughout);
          const note = () => {
            const now = meant(list, filter);
            for (const id of now) ever.add(id);
            for (const id of throughout) if (!now.includes(id)) throughout.delete(id);
          };
          const left = changes.values();
          const { ids } = await allPages(list, { limit, filter }, () => {
            const change = left.next().value;
            if (change === undefined) return;
            if (change.added !== null) list.put(aListedRow(change.added, 4));
            const row = [...list.rows.values()][change.place % list.rows.size];
            if (row === undefined) return;
            const { failed_in: _, ...kept } = row;
            list.put({ ...kept, ...inState(change.to, row.priority ?? 5) } as TaskRow);
            note();
          });
          const placeOf = (id: string) => list.rows.get(id)?.listed_at ?? '';
          expect(ids.map(placeOf)).toEqual([...new Set(ids.map(placeOf))].sort().reverse());
          expect([...throughout].filter((id) => !ids.includes(id))).toEqual([]);
          expect(ids.filter((id) => !ever.has(id))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the index that a list is read from', () => {
  const many = (count: number, spec: (n: number) => Partial<ListedSpec>) =>
    Array.from({ length: count }, (_, n): ListedSpec => ({ agoMs: n * 1000, ...spec(n) }));
  const indexesOf = (list: List) => [
    ...new Set(list.index.queries.map(({ partition }: StripeQuery) => partition.index)),
  ];

  it('is that of failed tasks: one of last month is on the first page', async () => {
    const failed = {
      agoMs: MONTH_MS,
      task: { priority: 9 },
      row: { status: 'failed', failed_in: 'low' },
    } as const;
    const list = aList([...many(2000, () => ({})), failed]);
    for (const filter of [{ status: 'failed' }, { status: 'failed', lane: 'low' }] as const) {
      list.index.queries.length = 0;
      list.index.reads.length = 0;
      const { pages } = await allPages(list, { filter });
      expect(pages).toEqual([[list.newestFirst.at(-1)]]);
      expect(indexesOf(list)).toEqual(['failed']);
      expect(list.index.queries).toHaveLength('lane' in filter ? 1 : 4);
      expect(list.index.reads).toEqual([1]);
    }
  });

  it.each<[string, Partial<ListedSpec>, TaskFilter]>([
    ['a tag', { task: { tags: ['rare'] } }, { tag: 'rare' }],
    ['a start before some time', { task: { scheduled_at: NOW_MS + 1 } }, { scheduledBeforeMs: NOW_MS + 2 }],
    ['a start at all', { task: { scheduled_at: NOW_MS + 1 } }, { status: 'scheduled' }],
  ])('is that of its label for %s', async (_, spec, filter) => {
    const list = aList([...many(2000, () => ({})), { agoMs: MONTH_MS, ...spec }]);
    const { pages } = await allPages(list, { filter });
    expect(pages).toEqual([[list.newestFirst.at(-1)]]);
    expect(indexesOf(list)).toEqual(['label']);
  });

  it('is the narrowest of several, whichever that is, and the rest is judged by the rows', async () => {
    const isRare = (n: number) => n % 500 === 499;
    const filter = { tag: 'a', agent_id: 'agent-1', status: 'failed' } as const;
    const all = { tags: ['a'], agent_id: 'agent-1' };
    const failed = { status: 'failed', failed_in: 'normal' } as const;
    for (const rare of ['tags', 'agent_id', 'failed'] as const) {
      const list = aList(
        many(2000, (n) => {
          if (rare === 'failed') return { task: all, ...(isRare(n) ? { row: failed } : {}) };
          const { [rare]: _, ...others } = all;
          return { task: isRare(n) ? all : others, row: failed };
        }),
      );
      const { pages } = await allPages(list, { filter });
      expect(pages).toEqual([meant(list, filter)]);
      expect(pages.flat()).toHaveLength(4);
      expect(list.index.reads).toEqual([4]);
    }
  });
});
