import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BulkKind, BulkReport, BulkState } from '../../../core/bulk.ts';
import { encodeTransition } from '../../../core/history.ts';
import type { RowWrite } from '../../../core/row-write.ts';
import { TASK_STATUSES, type TaskStatus } from '../../../core/status.ts';
import type { TaskFilter } from '../../../core/task-filter.ts';
import { NEVER, type TaskRow } from '../../../core/task-row.ts';
import { countTasks } from '../../../core/usecases/count-tasks.ts';
import { type BulkSlice, runBulk } from '../../../core/usecases/run-bulk.ts';
import { aListedRow, type ListedSpec } from '../../support/a-list.ts';
import { NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryTaskIndex } from '../../support/in-memory-task-index.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const SHARDS = 2;
const EVERYTHING: TaskFilter = { createdBeforeMs: NOW_MS };

const inState = (status: TaskStatus): Partial<TaskRow> => ({
  status,
  ...(status === 'failed' ? { failed_in: 'normal' } : {}),
  ...(['failed', 'completed', 'cancelled'].includes(status) ? { claimable_at: NEVER } : {}),
  history: [
    encodeTransition(NOW_MS - 9000, 'queued', 'submitted'),
    encodeTransition(NOW_MS - 5000, status, 'x'),
  ],
});

/** Tasks on which a bulk task works; `runs` runs one attempt of it after the other. */
function aBulk(specs: readonly ListedSpec[]) {
  const tasks = new InMemoryTaskStore();
  const index = new InMemoryTaskIndex(tasks.rows);
  const clock = new FixedClock(NOW_MS);
  const put = (spec: ListedSpec) => {
    const row = aListedRow(spec, SHARDS);
    tasks.rows.set(row.task_id, row);
    index.announceRow(row);
    return row;
  };
  for (const spec of specs) put(spec);
  const deps = { tasks, edges: new InMemoryEdgeStore(), index, shards: SHARDS, clock, retentionSeconds: 60 };
  const saves: BulkState[] = [];
  const slice = (more: Partial<BulkSlice> = {}): BulkSlice => ({
    saved: saves.at(-1),
    save: async (state) => void saves.push(structuredClone(state)),
    onProgress: () => {},
    ms: 20_000,
    signal: new AbortController().signal,
    ...more,
  });
  const run = (kind: BulkKind, filter: TaskFilter, more: Partial<BulkSlice> = {}) =>
    runBulk(deps, { kind, filter, submittedAtMs: NOW_MS }, slice(more));
  return { tasks, index, clock, deps, put, saves, run };
}

const many = (count: number, status: TaskStatus, fromMs = 1): ListedSpec[] =>
  Array.from({ length: count }, (_, n) => ({ agoMs: fromMs + n, row: inState(status) }));

const statuses = ({ tasks }: ReturnType<typeof aBulk>) =>
  [...tasks.rows.values()]
    .map(({ status, cancel_requested }) => (cancel_requested ? 'stopping' : status))
    .sort();

describe('a bulk task', () => {
  it('cancels what waits, asks what runs to stop, and tells what had ended', async () => {
    const bulk = aBulk(TASK_STATUSES.flatMap((status, place) => many(1, status, 10 * place + 1)));
    const report = await bulk.run('cancel', EVERYTHING);
    expect(report).toMatchObject({ matched: 8, changed: 6, refused_count: 2 });
    expect(report?.refused.map(({ status }) => status).sort()).toEqual(['cancelled', 'completed']);
    expect(statuses(bulk)).toEqual([...Array(6).fill('cancelled'), 'completed', 'stopping']);
  });

  it('retries what has failed, and tells what had not', async () => {
    const bulk = aBulk([...many(2, 'failed'), ...many(1, 'queued', 100)]);
    const report = await bulk.run('retry', EVERYTHING);
    expect(report).toMatchObject({
      matched: 3,
      changed: 2,
      refused_count: 1,
      refused: [{ status: 'queued' }],
    });
    expect(report?.refused[0]?.reason).toMatch(/only a failed task can be retried/);
    expect(statuses(bulk)).toEqual(['queued', 'queued', 'queued']);
  });

  it('retries tasks along with one that they all wait for and that nobody has marked', async () => {
    const bulk = aBulk(many(1, 'failed', 100));
    const [root] = bulk.tasks.rows.keys();
    const waits = { dependencies: [`0s ${root}`], next_index: 1, waiting_on: ['0'] };
    for (const agoMs of [1, 2, 3]) bulk.put({ agoMs, row: { ...inState('failed'), ...waits } });
    expect(await bulk.run('retry', EVERYTHING)).toMatchObject({ matched: 4, changed: 4 });
    expect(statuses(bulk)).toEqual(['queued', 'waiting', 'waiting', 'waiting']);
    const rows = [...bulk.tasks.rows.values()];
    expect(rows.map(({ waiting_on }) => waiting_on)).toEqual([undefined, ['1'], ['1'], ['1']]);
    expect(bulk.tasks.rows.get(root ?? '')?.has_dependents).toBe(true);
  });

  it('touches nothing that does not meet its filter, or came later', async () => {
    const bulk = aBulk([...many(3, 'failed'), ...many(2, 'queued', 100), { agoMs: 0 }]);
    expect(await bulk.run('cancel', { ...EVERYTHING, status: 'failed' })).toMatchObject({
      matched: 3,
      changed: 3,
    });
    expect(statuses(bulk)).toEqual(['cancelled', 'cancelled', 'cancelled', 'queued', 'queued', 'queued']);
  });

  it('with nothing to change reports just that', async () => {
    const report = await aBulk([]).run('cancel', EVERYTHING);
    expect(report).toEqual({ matched: 0, changed: 0, refused_count: 0, refused: [] });
  });

  it('changes a hundred tasks by as many calls as a batch takes, and reads none of them again', async () => {
    const bulk = aBulk(many(100, 'queued'));
    const calls: number[] = [];
    const write = bulk.tasks.write.bind(bulk.tasks);
    bulk.tasks.write = async (writes) => {
      calls.push(writes.length);
      return await write(writes);
    };
    bulk.tasks.readAll = async () => Promise.reject(new Error('a row was read again'));
    expect(await bulk.run('cancel', EVERYTHING)).toMatchObject({ changed: 100 });
    expect(calls).toEqual([100]);
  });

  it('judges a task anew that has changed since it was read', async () => {
    const bulk = aBulk(many(3, 'queued'));
    const [first, second] = bulk.tasks.rows.values();
    const rows = bulk.index.rows.bind(bulk.index);
    bulk.index.rows = async (ids) => {
      const read = new Map(await rows(ids));
      for (const [row, status] of [
        [first, 'completed'],
        [second, 'retrying'],
      ] as const)
        if (row) bulk.tasks.rows.set(row.task_id, { ...row, status, version: 2 });
      return read;
    };
    expect(await bulk.run('cancel', EVERYTHING)).toMatchObject({
      matched: 3,
      changed: 2,
      refused: [{ task_id: first?.task_id, status: 'completed' }],
    });
  });

  it('tells of a task that is gone when its batch is finished by another attempt', async () => {
    const bulk = aBulk([...many(1, 'queued'), ...many(1, 'queued', 5)]);
    const [, second] = bulk.tasks.rows.values();
    bulk.tasks.write = async (writes) => {
      bulk.tasks.rows.delete(second?.task_id ?? '');
      return writes.map(({ taskId }) => ({ kind: 'refused', row: bulk.tasks.rows.get(taskId) }));
    };
    await expect(bulk.run('cancel', EVERYTHING)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(bulk.saves.at(-1)?.open).toHaveLength(2);
    bulk.tasks.write = InMemoryTaskStore.prototype.write;
    const report = await bulk.run('cancel', EVERYTHING);
    expect(report).toMatchObject({ matched: 2, changed: 1, refused_count: 1 });
    expect(report?.refused).toMatchObject([{ task_id: second?.task_id, status: null }]);
  });

  it('tells of a task that is gone when it is to be changed', async () => {
    const bulk = aBulk(many(1, 'queued'));
    const save = async () => bulk.tasks.rows.clear();
    const report = await bulk.run('cancel', EVERYTHING, { save });
    expect(report).toMatchObject({ matched: 1, changed: 0, refused: [{ status: null }] });
  });

  it('shows how far it is after each batch', async () => {
    const bulk = aBulk(many(250, 'queued'));
    const seen: number[] = [];
    await bulk.run('cancel', EVERYTHING, { onProgress: ({ changed }) => seen.push(changed) });
    expect(seen.at(-1)).toBe(250);
    expect(seen.length).toBeGreaterThan(2);
    expect(bulk.saves.map(({ total }) => total)).toEqual(bulk.saves.map(() => 250));
  });

  it('gives way when its time is over, and goes on from there', async () => {
    const bulk = aBulk(many(350, 'queued'));
    const write = bulk.tasks.write.bind(bulk.tasks);
    bulk.tasks.write = async (writes) => {
      bulk.clock.advance(15_000);
      return await write(writes);
    };
    const reports: (BulkReport | undefined)[] = [];
    do reports.push(await bulk.run('cancel', EVERYTHING));
    while (reports.at(-1) === undefined);
    expect(reports.length).toBeGreaterThan(1);
    expect(reports.at(-1)).toMatchObject({ matched: 350, changed: 350, refused_count: 0 });
  });

  it('gives way where hardly a task meets its filter', async () => {
    const bulk = aBulk([...many(2500, 'completed'), ...many(1, 'queued', 9000)]);
    const rows = bulk.index.rows.bind(bulk.index);
    bulk.index.rows = async (ids) => {
      bulk.clock.advance(300);
      return await rows(ids);
    };
    const filter = { ...EVERYTHING, status: 'queued' } as const;
    expect(await bulk.run('cancel', filter, { ms: 4000 })).toBeUndefined();
    expect(bulk.saves).toMatchObject([{ matched: 0, open: [], total: null }]);
    expect(await bulk.run('cancel', filter, { ms: 60_000 })).toMatchObject({ matched: 1, changed: 1 });
  });

  it('fails when it is told to stop, before the next batch', async () => {
    const bulk = aBulk(many(300, 'queued'));
    const stop = new AbortController();
    const stopped = bulk.run('cancel', EVERYTHING, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped')),
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(statuses(bulk).filter((status) => status === 'cancelled').length).toBeLessThan(200);
  });

  it('fails when a change is not stored for certain', async () => {
    const bulk = aBulk(many(3, 'queued'));
    bulk.tasks.write = async (writes) => writes.map(() => ({ kind: 'unconfirmed', reason: 'down' }));
    await expect(bulk.run('cancel', EVERYTHING)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('fails with what is no answer of the domain', async () => {
    const bulk = aBulk(many(3, 'queued'));
    bulk.tasks.write = async () => Promise.reject(new TypeError('a bug'));
    await expect(bulk.run('cancel', EVERYTHING)).rejects.toThrow('a bug');
  });
});

describe('a bulk task whose attempts die anywhere', () => {
  it('changes each task once, and tells of each once', async () => {
    const deaths = fc.array(fc.record({ at: fc.nat({ max: 12 }), applied: fc.boolean() }), { maxLength: 6 });
    const specs = fc.array(
      fc.record({
        agoMs: fc.integer({ min: 1, max: 9000 }),
        status: fc.constantFrom('failed', 'queued', 'completed'),
      }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(deaths, specs, fc.constantFrom('cancel', 'retry'), async (points, tasks, kind) => {
        const bulk = aBulk(
          // Rows of each state, and enough of them for several batches.
          [...tasks, ...Array(120).fill({ agoMs: 5000, status: 'failed' })].map(({ agoMs, status }, n) => ({
            agoMs: agoMs + n,
            row: inState(status),
          })),
        );
        const expected = { cancel: ['failed', 'queued'], retry: ['failed'] }[kind];
        const before = new Map(bulk.tasks.rows);
        const late = bulk.put({ agoMs: 0, row: inState('failed') });
        const open = points.values();
        let report: BulkReport | undefined;
        for (let attempts = 0; report === undefined && attempts < 10; attempts += 1) {
          report = await dying(bulk, open.next().value, () => bulk.run(kind, EVERYTHING)).catch(
            () => undefined,
          );
          // What was retried may have failed again by the time that the next attempt begins.
          for (const row of bulk.tasks.rows.values()) if (row.life) failAgain(bulk, row);
        }
        const changes = [...before.values()].filter(({ status }) => expected.includes(status)).length;
        expect(report).toMatchObject({
          matched: before.size,
          changed: changes,
          refused_count: before.size - changes,
        });
        for (const row of bulk.tasks.rows.values()) {
          const taken = row.history.filter((entry) => /retried by hand|cancelled$/.test(entry)).length;
          const was = before.get(row.task_id)?.status ?? '';
          expect(taken, `${was} ${row.history}`).toBe(expected.includes(was) ? 1 : 0);
        }
        expect(bulk.tasks.rows.get(late.task_id)).toEqual(late);
      }),
      { numRuns: 30 },
    );
  });

  /** Runs an attempt that dies at its so-manieth write, before or after it is applied. */
  async function dying(
    bulk: ReturnType<typeof aBulk>,
    death: { readonly at: number; readonly applied: boolean } | undefined,
    run: () => Promise<BulkReport | undefined>,
  ): Promise<BulkReport | undefined> {
    const { write } = bulk.tasks;
    const { push } = bulk.saves;
    let left = death === undefined ? Number.POSITIVE_INFINITY : death.at;
    const dead = () => {
      throw new Error('dead');
    };
    bulk.saves.push = (state) => {
      if (left-- <= 0) {
        if (death?.applied) push.call(bulk.saves, state);
        dead();
      }
      return push.call(bulk.saves, state);
    };
    bulk.tasks.write = async (writes: readonly RowWrite[]) => {
      if (left-- > 0) return await write.call(bulk.tasks, writes);
      // A batch is several calls: some of them have come through.
      await write.call(bulk.tasks, death?.applied ? writes : writes.slice(0, writes.length / 2));
      return dead();
    };
    try {
      return await run();
    } finally {
      bulk.saves.push = push;
      bulk.tasks.write = write;
    }
  }

  function failAgain({ tasks }: ReturnType<typeof aBulk>, row: TaskRow): void {
    if (row.status !== 'queued') return;
    const history = [...row.history, encodeTransition(NOW_MS + 1, 'failed', 'again')];
    tasks.rows.set(row.task_id, {
      ...row,
      status: 'failed',
      failed_in: 'normal',
      version: row.version + 1,
      history,
    });
  }
});

describe('counting tasks', () => {
  it('counts those that meet the filter', async () => {
    const { deps } = aBulk([...many(250, 'failed'), ...many(10, 'queued')]);
    expect(await countTasks(deps, { status: 'failed' }, 1000)).toEqual({ matched: 250, complete: true });
    expect(await countTasks(deps, EVERYTHING, 1000)).toEqual({ matched: 260, complete: true });
    expect(await countTasks(deps, { tag: 'none' }, 1000)).toEqual({ matched: 0, complete: true });
  });

  it('stops when its time is over, and says so', async () => {
    const { deps, index, clock } = aBulk(many(500, 'queued'));
    const rows = index.rows.bind(index);
    index.rows = async (ids) => {
      clock.advance(400);
      return await rows(ids);
    };
    const { matched, complete } = await countTasks(deps, { status: 'queued' }, 1000);
    expect(complete).toBe(false);
    expect(matched).toBeGreaterThan(99);
    expect(matched).toBeLessThan(500);
  });
});
