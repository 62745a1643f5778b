import { describe, expect, it } from 'vitest';
import { claimWrite } from '../../../core/claim.ts';
import { finishWrite } from '../../../core/finish.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import type { RowWrite } from '../../../core/row-write.ts';
import { failure } from '../../../core/task-failure.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { putDependency } from '../../../core/usecases/change-dependencies.ts';
import { followUpChanges } from '../../../core/usecases/follow-up-changes.ts';
import { releaseDependents } from '../../../core/usecases/release-dependents.ts';
import { submitTask } from '../../../core/usecases/submit-tasks.ts';
import { findTaskType } from '../../../functions/tasks/index.ts';
import { stageConfig } from '../../../lib/config.ts';
import { aRow, claimed, NOW_MS, newTaskId } from '../../support/builders.ts';
import { aDependencyWorld } from '../../support/dependency-world.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryResultCache } from '../../support/in-memory-result-cache.ts';
import { everySchedule, type Schedule } from '../../support/interleavings.ts';

/**
 * A dependency that ends, or starts, between any two steps of those who begin to wait for it is not missed: here
 * every order of the steps of both is taken, with the use cases that are deployed. A step is a call of a port.
 */
interface Case {
  readonly condition: 'success' | 'completion' | 'start';
  /** What becomes of the dependency. */
  readonly event: 'completes' | 'fails' | 'starts';
  /** And so of the task that waits for it. */
  readonly becomes: 'queued' | 'failed';
}

const CASES: readonly Case[] = [
  { condition: 'success', event: 'completes', becomes: 'queued' },
  { condition: 'success', event: 'fails', becomes: 'failed' },
  { condition: 'completion', event: 'fails', becomes: 'queued' },
  { condition: 'start', event: 'starts', becomes: 'queued' },
];

type World = ReturnType<typeof aDependencyWorld>;

const TERMS = { nowMs: NOW_MS, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 3600 };

/** A task for which another one will wait, and others perhaps do so already, just before what becomes of it. */
function given({ event }: Case, marks: Pick<TaskRow, 'has_dependents' | 'has_start_dependents'> = {}) {
  const world = aDependencyWorld();
  const dependency = { ...(event === 'starts' ? aRow() : claimed(aRow())), ...marks };
  world.tasks.rows.set(dependency.task_id, dependency);
  return { world, dependency };
}

/** Nobody waits for it yet; somebody does. */
const MARKS = [{}, { has_dependents: true, has_start_dependents: true }] as const;

const depsOf = ({ tasks, edges, results, memory, index, releases, clock }: World) => ({
  tasks,
  edges,
  results,
  memory,
  hours: index,
  expiredRows: index,
  labels: index,
  objects: new InMemoryObjectStore(),
  cache: new InMemoryResultCache(),
  cursorKeys: { read: async () => ['key'] },
  pools: stageConfig('local').pools,
  releases,
  lanes: { send: async (messages: readonly unknown[]) => messages.map(() => true) },
  clock,
  shards: 1,
  retentionSeconds: 3600,
  findTaskType,
  onTrouble: () => undefined,
});

/** The ports that two runs share, each of whose calls is a step. */
const gated = (world: World, { turns }: Schedule, run: string) => ({
  ...depsOf(world),
  tasks: turns.gated(run, world.tasks),
  // Used edges lead nowhere, whether they are there or not.
  edges: turns.gated(run, world.edges, { methods: ['remove'] }),
  releases: turns.gated(run, world.releases),
});

function eventWrite({ event }: Case, row: TaskRow): RowWrite {
  switch (event) {
    case 'starts':
      return claimWrite(row, { nowMs: NOW_MS, leaseMs: 80_000, leaseId: 'lease' });
    case 'completes':
      return finishWrite(row, { kind: 'succeeded', resultAttempt: row.attempt }, TERMS);
    case 'fails':
      return finishWrite(row, { kind: 'failed', failure: failure('boom', 'it broke', false) }, TERMS);
  }
}

/** The event, then the dispatcher on its record, then the release function on the message of that. */
async function happen(world: World, schedule: Schedule, one: Case, row: TaskRow): Promise<void> {
  const deps = gated(world, schedule, 'event');
  await deps.tasks.write([eventWrite(one, row)]);
  const record = world.tasks.changes.find(
    ({ row: { task_id, status } }) => task_id === row.task_id && status !== row.status,
  );
  if (record !== undefined) await followUpChanges(deps, [record]);
  const message = world.releases.sent[0];
  if (message !== undefined) await releaseDependents(deps, [message]);
}

async function submit(world: World, schedule: Schedule, { condition }: Case, on: TaskRow, taskId: string) {
  const body = { type: 'echo', payload: 1, dependencies: [{ task_id: on.task_id, condition }] };
  const deps = { ...gated(world, schedule, 'waiting'), newTaskId: () => taskId };
  await submitTask(deps, { tenant: 'tenant', body });
}

/** What is left in the stream and in the queue is handled, and so often the timers have their time. */
async function calmDown(world: World): Promise<void> {
  for (let sweeps = 0; sweeps < 2; sweeps += 1) {
    await world.settle();
    world.clock.advance(60_000);
    await world.sweep();
  }
  await world.settle();
}

const named = (cases: readonly Case[]) =>
  cases.map((one) => [one.condition, one.event, one.becomes, one] as const);

describe('a task that is submitted while the one that it waits for ends or starts', () => {
  it.each(named(CASES))(
    'by %s, when that %s, is %s in every order of steps',
    async (_c, _e, becomes, one) => {
      let orders = 0;
      for (const marks of MARKS) {
        orders += await everySchedule(async (schedule) => {
          const { world, dependency } = given(one, marks);
          const taskId = newTaskId();
          await schedule.play([
            submit(world, schedule, one, dependency, taskId),
            happen(world, schedule, one, dependency),
          ]);
          await world.settle();
          expect(world.row(taskId).status).toBe(becomes);
          expect(world.edges.edges.size).toBe(0);
        });
      }
      expect(orders).toBeGreaterThan(100);
    },
  );

  it.each(named(CASES.slice(1, 2).concat(CASES.slice(3))))(
    'by %s, when that %s, is %s even if the API dies between any two steps',
    async (_condition, _event, becomes, one) => {
      for (let after = 1; after <= 6; after += 1) {
        await everySchedule(async (schedule) => {
          const { world, dependency } = given(one);
          const taskId = newTaskId();
          const dies = { run: 'waiting', after };
          await schedule.play(
            [submit(world, schedule, one, dependency, taskId), happen(world, schedule, one, dependency)],
            dies,
          );
          await calmDown(world);
          const row = world.tasks.rows.get(taskId);
          expect(row?.status ?? becomes).toBe(becomes);
          expect(row === undefined).toBe(after === 1);
        });
      }
    },
  );

  it.each(named(CASES.slice(0, 2)))(
    'by %s, when that %s, is %s even if the dispatcher or the release function dies',
    async (_condition, _event, becomes, one) => {
      for (let after = 1; after <= 6; after += 1) {
        await everySchedule(async (schedule) => {
          const { world, dependency } = given(one);
          const taskId = newTaskId();
          const dies = { run: 'event', after };
          await schedule.play(
            [submit(world, schedule, one, dependency, taskId), happen(world, schedule, one, dependency)],
            dies,
          );
          await world.settle();
          expect(world.row(taskId).status).toBe(becomes);
        });
      }
    },
  );
});

describe('a dependency that is put while it ends', () => {
  it.each(named(CASES.slice(0, 2)))(
    'by %s, when it %s, is told of in every order',
    async (_c, _e, becomes, one) => {
      await everySchedule(async (schedule) => {
        const { world, dependency } = given(one);
        const other = claimed(aRow());
        world.tasks.rows.set(other.task_id, other);
        const task = await world.submitOn(other);
        const put = putDependency(gated(world, schedule, 'waiting'), task.task_id, dependency.task_id, {});
        await schedule.play([put, happen(world, schedule, one, dependency)]);
        await world.settle();
        if (becomes === 'queued') {
          expect(world.row(task.task_id).waiting_on).toEqual(['0']);
          await world.finish(other.task_id, 'completed');
          await world.settle();
        }
        expect(world.statusOf(task)).toBe(becomes);
      });
    },
  );

  it('beside another one is not seen by neither where both close a cycle', async () => {
    const outcomes = new Set<string>();
    await everySchedule(async (schedule) => {
      const world = aDependencyWorld();
      const gate = await world.submit();
      const [one, two] = [await world.submitOn(gate), await world.submitOn(gate)];
      const put = (task: TaskRow, on: TaskRow, run: string) => {
        // Up to its first write nobody sees it, and cycles are not looked for in the edges.
        const deps = { ...depsOf(world), tasks: schedule.turns.gated(run, world.tasks, { first: 2 }) };
        return putDependency(deps, task.task_id, on.task_id, {}).then(
          () => 'put',
          ({ code }: { code: string }) => code,
        );
      };
      const puts = [put(one, two, 'one'), put(two, one, 'two')];
      await schedule.play(puts);
      outcomes.add((await Promise.all(puts)).sort().join(', '));
      await world.finish(gate.task_id, 'completed');
      await world.settle();
      for (const { task_id } of [one, two]) {
        if (world.row(task_id).status === 'queued') await world.finish(task_id, 'completed');
        await world.settle();
      }
      for (const { task_id } of [one, two]) {
        if (world.row(task_id).status === 'queued') await world.finish(task_id, 'completed');
      }
      expect([world.statusOf(one), world.statusOf(two)]).toEqual(['completed', 'completed']);
    });
    expect([...outcomes].sort()).toEqual(['dependency_cycle, dependency_cycle', 'dependency_cycle, put']);
  });
});
