import type { Edge, EdgePage, EdgeStore } from '../dependencies/edge.ts';
import { hasStarted } from '../dependencies/judge-dependency.ts';
import { judgeEdge, releaseWrite, type ToldEdge } from '../dependencies/release-write.ts';
import { moveOnIfEmpty } from '../dependencies/take-members.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { ReleaseMessage, ReleaseSender } from '../release-message.ts';
import { isEnded } from '../status.ts';
import type { TaskRow } from '../task-row.ts';
import { writeUntilSettled } from './write-until-settled.ts';

export interface ReleaseDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  readonly edges: Pick<EdgeStore, 'page' | 'remove'>;
  readonly releases: ReleaseSender;
  readonly clock: Clock;
  readonly retentionSeconds: number;
}

export interface ReleaseReport {
  /** By the place of each message: done, or it must come again for this reason. */
  readonly failures: readonly (string | undefined)[];
  /** Edges that were used up. */
  readonly edges: number;
}

/** Edges that one message reads: a page of them takes some 25 calls, in four rounds. */
export const RELEASE_PAGE = 250;

/**
 * Tells dependents of the end, or the start, of what they wait for. A message only says where to look: its page of
 * edges is read first and then the dependency's row, so nothing is done about an end that is no longer true, and no
 * edge is missed that was put before the end. All messages of a call are handled together: a dependent that
 * several of them concern is written once. Harmless when it is repeated.
 */
export async function releaseDependents(
  deps: ReleaseDeps,
  messages: readonly ReleaseMessage[],
): Promise<ReleaseReport> {
  const jobs: Job[] = messages.map((message) => ({ message, page: { edges: [] } }));
  await Promise.all(jobs.map((job) => readPage(deps, job)));
  const told = await tellings(deps, jobs);
  await sendNextPages(deps, told);
  await writeDependents(deps, told);
  const edges = await removeUsedUp(deps, told);
  return { failures: jobs.map(({ failure }) => failure), edges };
}

/** A message at work. */
interface Job {
  readonly message: ReleaseMessage;
  page: EdgePage;
  failure?: string;
}

/** A job with its dependency's row, read after its page. */
interface Told {
  readonly job: Job;
  readonly dependency: TaskRow | undefined;
}

/** Does something for jobs; where it throws, their messages come again. */
async function attempt(jobs: readonly Job[], run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    for (const job of jobs) job.failure ??= failure;
  }
}

async function readPage({ edges }: ReleaseDeps, job: Job): Promise<void> {
  const { task_id: dependencyId, of, after } = job.message;
  if (of === 'empty') return;
  await attempt([job], async () => {
    job.page = await edges.page({
      dependencyId,
      of: of === 'start' ? 'start' : 'all',
      limit: RELEASE_PAGE,
      ...(after === undefined ? {} : { after }),
    });
  });
}

async function tellings({ tasks }: ReleaseDeps, jobs: readonly Job[]): Promise<readonly Told[]> {
  let rows: ReadonlyMap<string, TaskRow> = new Map();
  const read = jobs.filter(({ failure }) => failure === undefined);
  await attempt(read, async () => {
    rows = await tasks.readAll([...new Set(read.map(({ message }) => message.task_id))]);
  });
  return read.map((job) => ({ job, dependency: rows.get(job.message.task_id) })).filter(goesOn);
}

function goesOn({ job }: Told): boolean {
  return job.failure === undefined;
}

/** Sent before this page's work is done: pages are worked on side by side. */
async function sendNextPages({ releases }: ReleaseDeps, told: readonly Told[]): Promise<void> {
  const more = told.flatMap(({ job, dependency }) =>
    job.page.next === undefined || !isDecided(job, dependency) ? [] : [{ job, after: job.page.next }],
  );
  if (more.length === 0) return;
  const jobs = more.map(({ job }) => job);
  await attempt(jobs, async () => {
    const sent = await releases.send(more.map(({ job, after }) => ({ ...job.message, after })));
    jobs.forEach((job, place) => {
      if (sent[place] !== true) job.failure = 'the next page is not sent for certain';
    });
  });
}

/** Whether what the message was sent for is so: a task that was retried since ends, and is told of, again. */
function isDecided({ message }: Job, dependency: TaskRow | undefined): boolean {
  if (dependency === undefined || isEnded(dependency.status)) return true;
  return message.of === 'start' && hasStarted(dependency);
}

async function writeDependents(deps: ReleaseDeps, all: readonly Told[]): Promise<void> {
  const told = all.filter(goesOn);
  const jobs = told.map(({ job }) => job);
  const concerned = new Map<string, { readonly job: Job; readonly told?: ToldEdge }[]>();
  const concern = (taskId: string, one: { readonly job: Job; readonly told?: ToldEdge }) => {
    const others = concerned.get(taskId);
    if (others === undefined) concerned.set(taskId, [one]);
    else others.push(one);
  };
  for (const { job, dependency } of told) {
    if (job.message.of === 'empty') concern(job.message.task_id, { job });
    for (const edge of job.page.edges) {
      if (judgeEdge({ edge, dependency }) !== 'open')
        concern(edge.dependentId, { job, told: { edge, dependency } });
    }
  }
  if (concerned.size === 0) return;
  await attempt(jobs, async () => {
    const rows = await deps.tasks.readAll([...concerned.keys()]);
    const settled = await writeUntilSettled(deps, [...rows.values()], (row, taskId) => {
      const terms = { nowMs: deps.clock.nowMs(), retentionSeconds: deps.retentionSeconds };
      const edges = (concerned.get(taskId) ?? []).flatMap((one) => one.told ?? []);
      return releaseWrite(row, edges, terms) ?? moveOnIfEmpty(row, terms.nowMs);
    });
    for (const [taskId, outcome] of settled) {
      if (outcome.kind === 'settled') continue;
      for (const { job } of concerned.get(taskId) ?? []) job.failure ??= outcome.reason;
    }
  });
}

/** Edges that have done their work lead nowhere any more; where one stays, it is found used up, or expires. */
async function removeUsedUp({ edges }: ReleaseDeps, told: readonly Told[]): Promise<number> {
  const usedUp: Edge[] = told
    .filter(goesOn)
    .flatMap(({ job, dependency }) =>
      job.page.edges.filter((edge) => judgeEdge({ edge, dependency }) !== 'open'),
    );
  if (usedUp.length > 0) await edges.remove(usedUp).catch(() => []);
  return usedUp.length;
}
