import { SHARED_AGENT } from '../../core/agents/agent-row.ts';
import { isPulled } from '../../core/agents/mailbox.ts';
import { rememberingOf } from '../../core/agents/remembering.ts';
import { openDependenciesOf } from '../../core/dependencies/dependency.ts';
import { fallbackStartOf } from '../../core/fallback-task.ts';
import { fallbackValueOf } from '../../core/fallback-value.ts';
import { decodeHistory } from '../../core/history.ts';
import type { TaskStore } from '../../core/ports.ts';
import { relatedTasksOf } from '../../core/related-tasks.ts';
import { resultIdOf } from '../../core/result-cache.ts';
import { isEnded } from '../../core/status.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { Command } from './commands.ts';
import { runCommand } from './run-command.ts';
import { AGENT_ID, REMEMBERED, World } from './world.ts';

/**
 * Rounds in which everything must have ended: 3 attempts, 5 crashes, and the delays between them; a waiting head of a
 * key is looked at each minute.
 */
const MAX_ROUNDS = 2000;

/**
 * Runs a history on a tasks table, checks what must hold after each command, and then lets everything go on without
 * another fault until every task has ended. `name` (digits) keeps histories on one table apart. Throws an Error that
 * tells what is broken.
 */
export async function runHistory(tasks: TaskStore, commands: readonly Command[], name = '0'): Promise<World> {
  const world = new World(tasks, name);
  for (const command of commands) {
    await runCommand(world, command);
    const rows = new Map((await world.tasks.rows()).map((row) => [row.task_id, row]));
    demandNoViolation(world);
    for (const row of rows.values()) demandWaker(world, rows, row);
  }
  await goOn(world);
  demandNoViolation(world);
  const rows = await world.tasks.rows();
  for (const row of rows) demandHonestEnd(world, row);
  for (const agentId of [AGENT_ID, SHARED_AGENT]) await demandRemembered(world, rows, agentId);
  return world;
}

function demandNoViolation({ tasks }: World): void {
  if (tasks.violations.length > 0) throw tasks.violations[0];
}

/**
 * Every task that has not ended has something that will wake it: a record, a message, a timer, a lease, a mailbox, or
 * for each of its open dependencies one that will tell it.
 */
function demandWaker(world: World, rows: ReadonlyMap<string, TaskRow>, row: TaskRow): void {
  const isWoken =
    isEnded(row.status) ||
    world.tasks.stream.some((change) => change.row.task_id === row.task_id) ||
    world.queues.wakes(row.task_id, row.generation) ||
    (row.timer_at !== undefined && (row.status !== 'processing' || isPulled(row))) ||
    row.mailbox !== undefined ||
    waitsForOthers(world, rows, row);
  if (!isWoken) throw new Error(`nothing will wake ${row.task_id}, which is ${row.status}`);
}

/** Whether each open dependency has an edge to the task, and has not ended, or its end is still to be told. */
function waitsForOthers(
  { tasks, edges, releases }: World,
  rows: ReadonlyMap<string, TaskRow>,
  row: TaskRow,
): boolean {
  const fallback = fallbackStartOf(row)?.edge;
  const open = [
    ...openDependenciesOf(row).map(({ task_id: on, index }) => ({ on, index })),
    ...(fallback === undefined ? [] : [{ on: fallback.dependencyId, index: fallback.index }]),
  ];
  if (row.status !== 'waiting' || open.length === 0) return false;
  return open.every(({ on, index }) => {
    const dependency = rows.get(on);
    const hasEdge = [...edges.edges.values()].some(
      (edge) => edge.dependencyId === on && edge.dependentId === row.task_id && edge.index === index,
    );
    const isTold =
      tasks.stream.some((change) => change.row.task_id === on) ||
      releases.sent.some(({ task_id }) => task_id === on);
    const isOpen = dependency !== undefined && !isEnded(dependency.status);
    return hasEdge && (isTold || (isOpen && dependency.has_dependents === true));
  });
}

/** Fault-free steps until all have ended; time goes on to whatever comes next. */
async function goOn(world: World): Promise<void> {
  while (world.stalled.length > 0) await runCommand(world, { kind: 'resume', which: 0 });
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const steps: readonly Command[] = [
      { kind: 'dispatch', count: 100, comesAgain: false, blow: undefined },
      { kind: 'execute', count: 10, from: 0, ends: [], isSmaller: false, blow: undefined },
      { kind: 'execute_ordered', count: 10, ends: [], blow: undefined },
      { kind: 'bury', count: 10, blow: undefined },
      { kind: 'sweep', blow: undefined },
      { kind: 'release', count: 10, comesAgain: false, blow: undefined },
      { kind: 'claim', count: 10, blow: undefined },
    ];
    for (const step of steps) await runCommand(world, step);
    while (world.claims.length > 0) {
      await runCommand(world, { kind: 'report', which: 0, succeeds: true, twice: false, blow: undefined });
      world.claims.shift();
    }
    const rows = await world.tasks.rows();
    if (world.tasks.stream.length === 0 && rows.every(({ status }) => isEnded(status))) return;
    passTime(world, rows);
  }
  const open = (await world.tasks.rows()).filter(({ status }) => !isEnded(status));
  throw new Error(`${open.map(({ task_id, status }) => `${task_id} (${status})`).join(', ')} never ends`);
}

/** To the next moment at which something shows or is due, at least a second. */
function passTime(world: World, rows: readonly TaskRow[]): void {
  const nowMs = world.clock.nowMs();
  const moments = rows.flatMap((row) => (isEnded(row.status) ? [] : [row.timer_at ?? 0, row.claimable_at]));
  const next = [...moments, world.queues.nextVisibleAtMs ?? 0].filter(
    (moment) => moment > nowMs && moment < Number.MAX_SAFE_INTEGER,
  );
  world.clock.advance(Math.max(1000, next.length === 0 ? 60_000 : Math.min(...next) - nowMs));
}

/** Each effect is recorded once, and an end is what came of the attempts. */
function demandHonestEnd(world: World, row: TaskRow): void {
  const results = [...world.results.results.values()].filter(({ task_id }) => task_id === resultIdOf(row));
  const counting = results.find(({ attempt }) => attempt === row.result_attempt);
  const byFallback = row.fallback_result !== undefined;
  const byValue = fallbackValueOf(row) !== undefined;
  const instead = world.results.results.get(
    `${row.fallback_result?.task_id}#${row.fallback_result?.attempt}`,
  );
  if (row.status === 'completed' && !byValue && (byFallback ? instead : counting)?.succeeded !== true)
    throw new Error(`${row.task_id} is completed by attempt ${row.result_attempt}, which has not succeeded`);
  for (const { taskId } of relatedTasksOf(row))
    if (!world.tasks.taskIds.has(taskId)) throw new Error(`what follows from ${row.task_id} was not created`);
  const ends = decodeHistory(row.history).filter(({ to }) => to === 'completed');
  if (ends.length > 1) throw new Error(`${row.task_id} was completed ${ends.length} times`);
  const failed = results.filter(({ succeeded }) => !succeeded).length;
  if (row.failures > failed)
    throw new Error(`${row.task_id} counts ${row.failures} failures, ${failed} attempts have failed`);
}

/** A memory has the output of whoever of those that were to be remembered there has completed last. */
async function demandRemembered(world: World, rows: readonly TaskRow[], agentId: string): Promise<void> {
  const all = rows.flatMap(rememberingOf).filter((one) => one.agentId === agentId);
  const newestMs = Math.max(...all.map(({ atMs }) => atMs));
  const newest = all.filter(({ atMs }) => atMs === newestMs);
  const values = newest.map(
    ({ output, resultId, taskId, attempt }) =>
      output ?? world.results.results.get(`${resultId ?? taskId}#${attempt}`)?.output,
  );
  const entry = (await world.memory.read(agentId, [REMEMBERED])).get(REMEMBERED);
  if (newest.length > 0 && !values.includes(entry?.value))
    throw new Error(`${agentId} remembers ${entry?.value} instead of ${values.join(' or ')}`);
}
