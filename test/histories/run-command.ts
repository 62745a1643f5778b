import type { BulkKind, BulkState } from '../../core/bulk.ts';
import { dependenciesOf } from '../../core/dependencies/dependency.ts';
import { DomainError } from '../../core/errors.ts';
import type { ReceivedMessage } from '../../core/ports.ts';
import { failure } from '../../core/task-failure.ts';
import { extendLeases } from '../../core/usecases/agent-leases.ts';
import { buryDeadLetters } from '../../core/usecases/bury-dead-letters.ts';
import { deleteDependency, putDependency } from '../../core/usecases/change-dependencies.ts';
import { cancelTask, patchTask, restartTask, retryTask } from '../../core/usecases/change-task.ts';
import { claimTasks } from '../../core/usecases/claim-tasks.ts';
import { executeBatch } from '../../core/usecases/execute-batch.ts';
import { executeOrdered } from '../../core/usecases/execute-ordered.ts';
import type { RowChange } from '../../core/usecases/follow-up-changes.ts';
import { followUpChanges } from '../../core/usecases/follow-up-changes.ts';
import { releaseDependents } from '../../core/usecases/release-dependents.ts';
import { reportForAgent } from '../../core/usecases/report-for-agent.ts';
import { runBulk } from '../../core/usecases/run-bulk.ts';
import { submitBatch } from '../../core/usecases/submit-tasks.ts';
import { sweepTimers } from '../../core/usecases/sweep-timers.ts';
import { wakeOrdered } from '../../core/usecases/wake-ordered.ts';
import type { Command, PatchedParts, SubmittedTask } from './commands.ts';
import { Mortal } from './mortal.ts';
import { AGENT_ID, REMEMBERED, type World } from './world.ts';

/**
 * Runs one command. A process that dies in it leaves what it had written; one that stalls is left where it is, and
 * the history goes on without it until it is resumed.
 */
export async function runCommand(world: World, command: Command): Promise<void> {
  if (command.kind === 'resume') {
    const [resume] = world.stalled.splice(command.which % Math.max(world.stalled.length, 1), 1);
    return await resume?.();
  }
  const process = new Mortal('blow' in command ? command.blow : undefined);
  const running = runAs(world, process, command);
  let isStalled = false;
  await Promise.race([running, process.stalls.then(() => (isStalled = true))]);
  if (!isStalled) return;
  world.stalled.push(async () => {
    process.resume();
    await running;
  });
}

async function runAs(world: World, process: Mortal, command: Exclude<Command, { kind: 'resume' }>) {
  switch (command.kind) {
    case 'submit':
      return await submit(world, process, command);
    case 'dispatch':
      return await dispatch(world, process, command);
    case 'execute':
      return await execute(world, process, command);
    case 'execute_ordered':
      return await executeInOrder(world, process, command);
    case 'bury':
      return await bury(world, process, command.count);
    case 'sweep':
      return await sweep(world, process);
    case 'release':
      return await release(world, process, command);
    case 'depend':
    case 'no_longer_depend':
      return await changeDependency(world, process, command);
    case 'duplicate':
      return world.queues.duplicate(command.which);
    case 'pass_time':
      return world.clock.advance(command.seconds * 1000);
    case 'cancel':
    case 'retry':
    case 'restart':
    case 'patch':
      return await change(world, process, command);
    case 'bulk':
      return await bulk(world, process, command.wish);
    case 'claim':
      return await claim(world, process, command.count);
    case 'report':
      return await report(world, process, command);
    case 'heartbeat':
      return await heartbeat(world, process);
  }
}

async function submit(world: World, process: Mortal, { tasks, keyed }: Command & { kind: 'submit' }) {
  const body = {
    tasks: tasks.map((task, place) => ({
      ref: String(place),
      ...bodyOf(world, task),
      dependencies: dependenciesIn(world, task, place),
    })),
  };
  const call = { tenant: 'tenant', body, ...(keyed ? { idempotencyKey: world.newText() } : {}) };
  const answered = world.turns.begin();
  const first = await process.live(() => submitBatch(world.depsOf(process), call));
  // Who gets no answer sends again, if a key makes that harmless.
  const answer = first ?? (keyed ? await submitBatch(world.depsOf(new Mortal()), call) : undefined);
  const taskIds = (answer?.answer.items ?? []).map(({ task_id }) => task_id);
  answered(taskIds);
  world.accepted.push(...taskIds);
}

function bodyOf({ clock }: World, task: SubmittedTask) {
  const at = (seconds: number) => new Date(clock.nowMs() + seconds * 1000).toISOString();
  const { dueInSeconds, deadlineInSeconds } = task;
  return {
    type: task.forAgent ? 'agent' : 'echo',
    payload: 'x'.repeat(task.payloadCharacters),
    priority: task.priority,
    ...(task.forAgent ? { agent_id: AGENT_ID } : {}),
    ...(task.forAgent || task.orderingKey === undefined ? {} : { ordering_key: task.orderingKey }),
    ...(task.remembered ? { remember: REMEMBERED } : {}),
    ...(task.cached ? { cache_ttl_seconds: 600 } : {}),
    ...(task.tagged ? { tags: ['tagged'] } : {}),
    ...(task.hasFollowers
      ? { compensation: { type: 'echo', payload: 3, priority: 1 }, callback_url: 'https://example.com/hook' }
      : {}),
    ...fallbackOf(task),
    retry: {
      max_attempts: task.maxAttempts,
      initial_delay_seconds: task.delaySeconds,
      max_delay_seconds: task.delaySeconds,
      jitter: 'none',
    },
    ...(dueInSeconds === undefined ? {} : { scheduled_at: at(dueInSeconds) }),
    ...(deadlineInSeconds === undefined ? {} : { deadline: at(deadlineInSeconds) }),
  };
}

function fallbackOf({ fallback }: SubmittedTask) {
  const retry = { max_attempts: 1 };
  switch (fallback) {
    case undefined:
      return {};
    case 'value':
      return { fallback: { value: 2 } };
    case 'task':
      return { fallback: { task: { type: 'echo', payload: 'y'.repeat(2000), priority: 1, retry } } };
    case 'agent_task':
      return { fallback: { task: { type: 'agent', payload: 2, agent_id: AGENT_ID, retry } } };
  }
}

/** Each member waits for members before it, or for tasks that were accepted; once for each. */
function dependenciesIn({ accepted }: World, { waitsFor }: SubmittedTask, place: number): readonly unknown[] {
  const named = waitsFor.flatMap(({ of, which, condition }): [string, unknown][] => {
    if (of === 'batch')
      return place === 0 ? [] : [[`${which % place}`, { ref: `${which % place}`, condition }]];
    const task_id = chosen(accepted, which);
    return task_id === undefined ? [] : [[task_id, { task_id, condition }]];
  });
  return [...new Map(named).values()];
}

async function dispatch(
  world: World,
  process: Mortal,
  { count, comesAgain }: { count: number; comesAgain: boolean },
): Promise<void> {
  const records: RowChange[] = world.tasks.stream.slice(0, count);
  const report = await process.live(() => followUpChanges(world.depsOf(process), records));
  if (report === undefined || report.failedTaskIds.length > 0 || comesAgain) return;
  const done = new Set(records);
  const left = world.tasks.stream.filter((record) => !done.has(record));
  world.tasks.stream.splice(0, Number.POSITIVE_INFINITY, ...left);
}

async function execute(world: World, process: Mortal, command: Command & { kind: 'execute' }) {
  const received = world.queues.receive(command.count, command.from, false);
  if (received.length === 0) return;
  const run = world.runnerOf(process, [...command.ends]);
  const pool = command.isSmaller ? { largerPool: 'large' } : {};
  const deps = { ...world.depsOf(process), ...pool, run };
  const isWake = ({ wake }: ReceivedMessage) => wake === true;
  const failed = await process.live(async () => {
    const awake = received.filter((message) => !isWake(message));
    const [{ failedMessageIds }, asleep] = await Promise.all([
      executeBatch(deps, awake),
      wakeOrdered(deps, received.filter(isWake)),
    ]);
    return [...failedMessageIds, ...asleep];
  });
  if (failed !== undefined) world.queues.acknowledge(received, failed);
}

async function executeInOrder(
  world: World,
  process: Mortal,
  { count, ends }: Command & { kind: 'execute_ordered' },
): Promise<void> {
  const { ordered } = world.queues;
  const received = ordered.receive(count);
  if (received.length === 0) return;
  const deps = world.depsOf(process);
  const own = { ...deps, messages: deps.orderedMessages, run: world.runnerOf(process, [...ends]) };
  const report = await process.live(() => executeOrdered(own, received));
  if (report !== undefined) await ordered.acknowledge(received, report.failedMessageIds);
}

async function bury(world: World, process: Mortal, count: number): Promise<void> {
  const received = world.queues.receive(count, 0, true);
  if (received.length === 0) return;
  const report = await process.live(() => buryDeadLetters(world.depsOf(process), received));
  if (report !== undefined) world.queues.acknowledge(received, report.failedMessageIds);
}

async function sweep(world: World, process: Mortal): Promise<void> {
  const { index: timers, shards } = await world.timers();
  for (const shard of shards)
    await process.live(() => sweepTimers({ ...world.depsOf(process), timers }, shard));
}

async function release(
  world: World,
  process: Mortal,
  { count, comesAgain }: Command & { kind: 'release' },
): Promise<void> {
  const { sent } = world.releases;
  const messages = sent.slice(0, count);
  const report = await process.live(() => releaseDependents(world.depsOf(process), messages));
  if (report === undefined || comesAgain) return;
  const done = new Set(messages.filter((_, place) => report.failures[place] === undefined));
  sent.splice(0, Number.POSITIVE_INFINITY, ...sent.filter((message) => !done.has(message)));
}

async function changeDependency(
  world: World,
  process: Mortal,
  { kind, which, on, condition }: Command & { kind: 'depend' | 'no_longer_depend' },
): Promise<void> {
  const taskId = chosen(world.accepted, which);
  if (taskId === undefined) return;
  const deps = world.depsOf(process);
  const row = await deps.tasks.read(taskId);
  const named = row === undefined ? [] : dependenciesOf(row).map(({ task_id }) => task_id);
  const other = chosen(kind === 'depend' ? world.accepted : named, on);
  if (other === undefined) return;
  await process.live(() =>
    allowing(() =>
      kind === 'depend'
        ? putDependency(deps, taskId, other, { condition })
        : deleteDependency(deps, taskId, other),
    ),
  );
}

type Change = Command & { kind: 'cancel' | 'retry' | 'restart' | 'patch' };

async function change(world: World, process: Mortal, command: Change): Promise<void> {
  const taskId = chosen(world.accepted, command.which);
  if (taskId === undefined) return;
  const deps = world.depsOf(process);
  const wish = {
    cancel: () => cancelTask(deps, taskId),
    retry: () => retryTask(deps, taskId),
    restart: () => restartTask(deps, taskId),
    patch: () => patchTask(deps, taskId, patchOf(world, command)),
  }[command.kind];
  await process.live(() => allowing(wish));
}

function patchOf({ clock }: World, command: Change): unknown {
  const { priority, dueInSeconds, deadlineInSeconds }: Partial<PatchedParts> =
    command.kind === 'patch' ? command.change : {};
  const at = (seconds: number | null) =>
    seconds === null ? null : new Date(clock.nowMs() + seconds * 1000).toISOString();
  return {
    tags: ['changed'],
    ...(priority === undefined ? {} : { priority }),
    ...(dueInSeconds === undefined ? {} : { scheduled_at: at(dueInSeconds) }),
    ...(deadlineInSeconds === undefined ? {} : { deadline: at(deadlineInSeconds) }),
  };
}

async function bulk(world: World, process: Mortal, kind: BulkKind): Promise<void> {
  const nowMs = world.clock.nowMs();
  const wish = kind === 'retry' ? { status: 'failed' as const } : { tag: 'tagged' };
  const fresh = {
    command: { kind, filter: { ...wish, createdBeforeMs: nowMs + 1 }, submittedAtMs: nowMs },
    saved: undefined,
  };
  const going = world.bulks.get(kind) ?? fresh;
  world.bulks.set(kind, going);
  const save = (state: BulkState) =>
    process.operate(async () => {
      going.saved = structuredClone(state);
    });
  const { signal } = new AbortController();
  const slice = { saved: going.saved, save, onProgress: () => undefined, ms: 20_000, signal };
  const report = await process.live(() => runBulk(world.depsOf(process), going.command, slice));
  if (report !== undefined && world.bulks.get(kind) === going) world.bulks.delete(kind);
}

async function claim(world: World, process: Mortal, maxTasks: number): Promise<void> {
  const deps = { ...world.depsOf(process), mailboxes: await world.mailboxes() };
  const call = { agentId: AGENT_ID, capabilities: [], maxTasks, leaseSeconds: 60 };
  const rows = (await process.live(() => claimTasks(deps, call))) ?? [];
  world.claims.push(
    ...rows.map(({ task_id: taskId, lease_id: leaseToken = '' }) => ({ taskId, leaseToken })),
  );
}

async function report(world: World, process: Mortal, command: Command & { kind: 'report' }): Promise<void> {
  const held = chosen(world.claims, command.which);
  if (held === undefined) return;
  const said = command.succeeds
    ? ({ kind: 'completed', output: held.leaseToken } as const)
    : ({ kind: 'failed', failure: failure('oops', 'no', true) } as const);
  for (const living of command.twice ? [process, new Mortal()] : [process])
    await living.live(() =>
      allowing(() => reportForAgent(world.depsOf(living), held.taskId, held.leaseToken, said)),
    );
}

async function heartbeat(world: World, process: Mortal): Promise<void> {
  const beats = world.claims.map(({ taskId, leaseToken }) => ({ task_id: taskId, lease_token: leaseToken }));
  const unique = [...new Map(beats.map((beat) => [beat.task_id, beat])).values()];
  await process.live(() => extendLeases(world.depsOf(process), unique));
}

/** What a caller may be told is no trouble. */
async function allowing(wish: () => Promise<unknown>): Promise<void> {
  try {
    await wish();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
}

function chosen<T>(from: readonly T[], which: number): T | undefined {
  return from[which % Math.max(from.length, 1)];
}
