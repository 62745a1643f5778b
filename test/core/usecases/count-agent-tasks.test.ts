import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_TASKS, type TaskCounts } from '../../../core/agents/agent-totals.ts';
import type { TaskStatus } from '../../../core/status.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { type CountBudget, countAgentTasks } from '../../../core/usecases/count-agent-tasks.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryAgentTasks } from '../../support/in-memory-agent-tasks.ts';

const OLD_MS = NOW_MS - 7_200_000;
const AGENT = 'agent-7';

function setup() {
  const rows = new Map<string, TaskRow>();
  const agentTasks = new InMemoryAgentTasks(rows);
  const clock = new FixedClock(NOW_MS);
  const deps = { agentTasks, countedTasks: agentTasks, clock };
  const add = (count: number, status: TaskStatus, atMs = OLD_MS, more: Partial<TaskRow> = {}) =>
    Array.from({ length: count }, (_, n) => {
      const row = { ...aRow({ agent_id: AGENT }, { nowMs: atMs + n }), status, ...more };
      rows.set(row.task_id, row);
      return row;
    });
  const count = (budget: Partial<CountBudget> = {}) =>
    countAgentTasks(deps, AGENT, { tasks: 20_000, endMs: Number.POSITIVE_INFINITY, ...budget });
  /** How many rows the last count has read. */
  const readBy = async (counting: Promise<unknown>) => {
    const before = agentTasks.reads.length;
    await counting;
    return agentTasks.reads.slice(before).reduce((sum, rowsRead) => sum + rowsRead, 0);
  };
  return { rows, agentTasks, clock, deps, add, count, readBy };
}

const blocksOf = (agentTasks: InMemoryAgentTasks) => agentTasks.counted.get(AGENT)?.size ?? 0;

describe('counting the tasks of an agent', () => {
  it('tells them by state', async () => {
    const { add, count } = setup();
    expect(await count()).toEqual({ counts: NO_TASKS, isComplete: true });
    add(3, 'completed');
    add(2, 'failed', NOW_MS);
    add(1, 'processing', NOW_MS);
    expect(await count()).toEqual({
      counts: { ...NO_TASKS, completed: 3, failed: 2, processing: 1 },
      isComplete: true,
    });
  });

  it('keeps nothing of few tasks, or young ones', async () => {
    const { add, count, agentTasks } = setup();
    add(99, 'completed');
    add(1500, 'completed', NOW_MS - 299_000);
    expect((await count()).counts.completed).toBe(1599);
    expect(blocksOf(agentTasks)).toBe(0);
  });

  it('reads no row twice of what cannot change', async () => {
    const { add, count, readBy, agentTasks } = setup();
    add(2450, 'completed');
    expect(await readBy(count())).toBe(2450);
    expect(blocksOf(agentTasks)).toBe(3);
    add(10, 'queued', NOW_MS);
    expect(await readBy(count())).toBe(10);
    expect((await count()).counts).toEqual({ ...NO_TASKS, completed: 2450, queued: 10 });
  });

  it('sees a failed task retried, and one that was running end, whenever they were counted', async () => {
    const { rows, add, count, readBy, agentTasks } = setup();
    add(200, 'completed');
    const [failed] = add(1, 'failed', OLD_MS + 1000);
    const [running] = add(1, 'processing', OLD_MS + 2000);
    if (failed === undefined || running === undefined) throw new Error('no rows');
    expect((await count()).counts).toMatchObject({ completed: 200, failed: 1, processing: 1 });
    rows.set(failed.task_id, { ...failed, status: 'queued' });
    rows.set(running.task_id, { ...running, status: 'completed', expires_at: NOW_MS / 1000 + 99_999 });
    expect((await count()).counts).toMatchObject({ completed: 201, failed: 0, queued: 1 });
    expect(await readBy(count())).toBe(1);
    expect(blocksOf(agentTasks)).toBe(1);
    rows.set(failed.task_id, { ...failed, status: 'completed' });
    expect((await count()).counts).toMatchObject({ completed: 202, queued: 0 });
    expect(await readBy(count())).toBe(0);
  });

  it('counts anew what may have expired, and only that', async () => {
    const { rows, add, count, readBy, clock } = setup();
    const expiring = { expires_at: NOW_MS / 1000 + 60 };
    add(1000, 'completed', OLD_MS, expiring);
    add(1000, 'completed', OLD_MS + 10_000);
    await count();
    clock.advance(3_600_000 + 61_000);
    for (const [id, row] of [...rows].slice(0, 400)) rows.delete(row.expires_at === undefined ? '' : id);
    expect((await count()).counts).toEqual({ ...NO_TASKS, completed: 1000 });
    expect(await readBy(count())).toBe(0);
  });

  it('goes on where its budget has ended, and says so', async () => {
    const { add, count } = setup();
    add(3500, 'completed');
    expect(await count({ tasks: 2000 })).toEqual({
      counts: { ...NO_TASKS, completed: 2000 },
      isComplete: false,
    });
    expect(await count({ tasks: 1000 })).toMatchObject({ counts: { completed: 3000 }, isComplete: false });
    expect(await count({ tasks: 1000 })).toMatchObject({ counts: { completed: 3500 }, isComplete: true });
    expect(await count({ endMs: 0 })).toMatchObject({ isComplete: false });
  });

  it('says when it could not look at all open tasks again', async () => {
    const { add, count } = setup();
    for (const n of [0, 1, 2]) {
      add(940, 'completed', OLD_MS + n * 1000);
      add(60, 'waiting', OLD_MS + n * 1000 + 940);
    }
    expect(await count()).toMatchObject({ counts: { completed: 2820, waiting: 180 }, isComplete: true });
    expect(await count({ tasks: 100 })).toMatchObject({
      counts: { completed: 2820, waiting: 120 },
      isComplete: false,
    });
  });

  it('counts all the same where it cannot keep what it has learnt', async () => {
    const { deps, add } = setup();
    add(300, 'completed');
    const countedTasks = {
      ...deps.countedTasks,
      blocks: async () => [],
      put: () => Promise.reject(new Error()),
    };
    const budget = { tasks: 20_000, endMs: Number.POSITIVE_INFINITY };
    expect(await countAgentTasks({ ...deps, countedTasks }, AGENT, budget)).toMatchObject({
      counts: { completed: 300 },
      isComplete: true,
    });
  });

  it('is right after any history of tasks, ends, retries and expiries, whenever somebody counts', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 50, max: 600 }) }),
      fc.record({ kind: fc.constant('end' as const), share: fc.double({ min: 0.5, max: 1, noNaN: true }) }),
      fc.record({ kind: fc.constant('retry' as const) }),
      fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 6, max: 120 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 16 }), async (steps) => {
        const { rows, add, count, clock } = setup();
        const change = (status: TaskStatus, share: number, next: (n: number) => Partial<TaskRow>) => {
          const some = [...rows.values()].filter((row) => row.status === status);
          for (const [n, row] of some.slice(0, Math.ceil(some.length * share)).entries())
            rows.set(row.task_id, { ...row, ...next(n) });
        };
        const expires = () => ({ expires_at: clock.nowMs() / 1000 + 7200 });
        for (const one of steps) {
          if (one.kind === 'add') add(one.count, 'queued', clock.nowMs());
          if (one.kind === 'end')
            change('queued', one.share, (n) => ({
              status: n % 9 === 0 ? 'failed' : 'completed',
              ...expires(),
            }));
          if (one.kind === 'retry') change('failed', 0.5, () => ({ status: 'queued' }));
          if (one.kind === 'wait') clock.advance(one.minutes * 60_000);
          const { counts, isComplete } = await count();
          expect(isComplete).toBe(true);
          expectWithin(counts, rows, clock.nowMs());
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Exact, but that a completed task may be counted for an hour longer than it is kept. */
function expectWithin(counts: TaskCounts, rows: ReadonlyMap<string, TaskRow>, nowMs: number): void {
  const tally = (slackMs: number) => {
    const all = { ...NO_TASKS };
    for (const { status, expires_at = Number.POSITIVE_INFINITY } of rows.values())
      if (expires_at * 1000 + (status === 'completed' ? slackMs : 0) > nowMs) all[status] += 1;
    return all;
  };
  const [exact, latest] = [tally(0), tally(3_600_000)];
  expect({ ...counts, completed: 0 }).toEqual({ ...exact, completed: 0 });
  expect(counts.completed).toBeGreaterThanOrEqual(exact.completed);
  expect(counts.completed).toBeLessThanOrEqual(latest.completed);
}
