import { randomUUID } from 'node:crypto';
import type { LANES } from '../../core/lane.ts';
import { REFERENCE_TASK } from '../reference-task.ts';
import type { CallCounts } from '../stub/call-counts.ts';
import { httpEvent, queueEvent, streamEvent } from './events.ts';
import { queueUrlOf } from './function-environment.ts';
import type { RoundReport } from './handler-process.ts';
import type { Lab } from './lab.ts';
import type { PathFunction } from './path-functions.ts';

/** Tasks that each function gets at once. */
export type BatchSizes = Readonly<Record<PathFunction, number>>;

/** What one function did for all tasks of a walk. */
export interface StageReport extends Pick<RoundReport, 'cpuMs' | 'durationsMs'> {
  readonly invocations: number;
  readonly counts: CallCounts;
  readonly log: readonly string[];
}

export type PathReport = Readonly<Record<PathFunction, StageReport>>;

export interface WalkOptions {
  readonly sizes: BatchSizes;
  /** Reference tasks that take the way. */
  readonly tasks: number;
  /** Runs a function's events under the profiler, into this file. @default without */
  readonly profileTo?: (name: PathFunction) => string;
}

/**
 * Takes reference tasks from their submission to their end: what a function leaves in the stub is the next one's
 * events. Throws when a call is not answered by success, or a task is not completed at the end.
 */
export async function walkPath(lab: Lab, { sizes, tasks, profileTo }: WalkOptions): Promise<PathReport> {
  const { stub } = lab;
  await stub.reset();
  const stage = async (name: PathFunction, events: readonly string[]): Promise<StageReport> => {
    const { run, profile, takeLog } = lab.functions[name];
    takeLog();
    await stub.takeCounts();
    const { answers, cpuMs, durationsMs } = await (profileTo === undefined
      ? run(events)
      : profile(events, profileTo(name)));
    const refused = answers.find((answer) => !SUCCESS[name].test(answer));
    if (refused !== undefined) throw new Error(`${name} answered ${refused.slice(0, 1000)}`);
    return {
      cpuMs,
      durationsMs,
      invocations: events.length,
      counts: await stub.takeCounts(),
      log: takeLog(),
    };
  };

  const api = await stage('api', submissions(sizes.api, tasks));
  const created = (await stub.takeChanges()).filter(
    ({ table, old }) => table === 'tasks' && old === undefined,
  );
  const dispatcher = await stage('dispatcher', chunks(created, sizes.dispatcher).map(streamEvent));
  const bodies = (await stub.takeMessages())[queueUrlOf(stub.url, LANE)]?.map(({ body }) => body) ?? [];
  const executor = await stage(
    'executor',
    chunks(bodies, sizes.executor).map((part) => queueEvent(LANE, part)),
  );
  const ended = (await stub.takeChanges()).filter((change) => change.new.status?.S === 'completed');
  if (ended.length !== tasks) throw new Error(`${ended.length} of ${tasks} tasks were completed`);
  return { api, dispatcher, executor };
}

/** Where tasks of the default priority go. */
const LANE: (typeof LANES)[number] = 'normal';

const SUCCESS: Readonly<Record<PathFunction, RegExp>> = {
  api: /^\{"statusCode":202,/,
  dispatcher: /^\{"batchItemFailures":\[\]\}$/,
  executor: /^\{"batchItemFailures":\[\]\}$/,
};

/** With an idempotency key each, as the SDK sends them. */
function submissions(size: number, tasks: number): string[] {
  const post = (path: string, body: unknown) =>
    httpEvent({ method: 'POST', path, body, headers: { 'idempotency-key': randomUUID() } });
  const members = Array.from({ length: tasks }, () => REFERENCE_TASK);
  return size === 1
    ? members.map((task) => post('/tasks', task))
    : chunks(members, size).map((part) => post('/tasks/batch', { tasks: part }));
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}
