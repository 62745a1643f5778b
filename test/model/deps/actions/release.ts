import { memberOfEdge } from '../../../../core/dependencies/edge.ts';
import type { ToldEdge } from '../../../../core/dependencies/release-write.ts';
import { isEnded } from '../../../../core/status.ts';
import type { TaskRow } from '../../../../core/task-row.ts';
import {
  freeCopies,
  isSameMessage,
  type Job,
  type Message,
  type Release,
  rowOf,
  type State,
  spend,
  withMessage,
  withoutEdges,
  withoutMessages,
  withProcess,
} from '../state.ts';
import { type Emit, TERMS, type World, writeRow } from '../world.ts';

/** Messages that are handed out: one alone, all together, and a second time. */
export function messageSteps(world: World, state: State, emit: Emit): void {
  const distinct = state.messages.filter(
    (message, place) => state.messages.findIndex((one) => isSameMessage(one, message)) === place,
  );
  const free = distinct.filter((message) => freeCopies(state, message) > 0);
  for (const message of free) {
    const next = withProcess(state, undefined, begin(world, state, [message]));
    emit(`release gets ${nameOf(message)}`, next);
  }
  for (const message of state.budget.duplicates > 0 ? distinct : []) {
    if (free.includes(message)) continue;
    const twice = { ...spend(state, 'duplicates'), messages: [...state.messages, message] };
    const next = withProcess(twice, undefined, begin(world, state, [message]));
    emit(`release gets ${nameOf(message)} a second time`, next, { fault: true });
  }
  if (world.configuration.batches && free.length > 1) {
    const next = withProcess(state, undefined, begin(world, state, free));
    emit('release gets all messages at once', next);
  }
}

function nameOf({ task_id, of, after }: Message): string {
  return `the ${of} of ${task_id}${after === undefined ? '' : ` (after ${after})`}`;
}

/** A message is in hand when the first thing is read: its page of edges. */
function begin(world: World, state: State, messages: readonly Message[]): Release {
  const jobs = messages.map((message): Job => readFirst(world, state, { message, edges: [] }));
  return { kind: 'release', jobs, stage: 'second', left: [] };
}

function readFirst(world: World, state: State, job: Job): Job {
  const isUsual = world.rules.order.release === 'edges before the row';
  return isUsual ? withPage(world, state, job) : withRow(state, job);
}

function readSecond(world: World, state: State, job: Job): Job {
  const isUsual = world.rules.order.release === 'edges before the row';
  return isUsual ? withRow(state, job) : withPage(world, state, job);
}

function withRow(state: State, job: Job): Job {
  if (job.message.of === 'empty') return job;
  return { ...job, dependency: job.message.told ?? rowOf(state, job.message.task_id) ?? null };
}

function withPage(world: World, state: State, job: Job): Job {
  return { ...job, ...pageOf(world, state, job.message) };
}

/** The release function, one call at a time; it may die before each. */
export function releaseSteps(world: World, state: State, one: Release, emit: Emit): void {
  const who = `release (${one.jobs.map(({ message }) => message.task_id).join(', ')})`;
  if (state.budget.deaths > 0) {
    emit(`${who} dies (${one.stage})`, spend(withProcess(state, one), 'deaths'), { fault: true });
  }
  switch (one.stage) {
    case 'second': {
      const jobs = one.jobs.map((job) => readSecond(world, state, job));
      const left = [...new Set(jobs.flatMap((job) => dependentsOf(world, job)))];
      const now: Release = { ...one, jobs, left, stage: left.length === 0 ? 'done' : 'dependents' };
      const isSent = jobs.some((job) => isSentOn(world, job));
      const label = `${who} reads the row${isSent ? ', and sends for the next page' : ''}`;
      emit(label, withProcess(sendNext(world, state, jobs), one, now));
      return;
    }
    case 'dependents':
      return void dependentSteps(world, state, one, who, emit);
    case 'done': {
      const used = one.jobs.flatMap((job) => toldBy(world, job).map(({ edge }) => edge));
      const gone = withProcess(withoutEdges(state, used), one);
      const messages = one.jobs.map(({ message }) => message);
      emit(`${who} acknowledges`, withoutMessages(gone, messages));
      if (state.budget.duplicates > 0)
        emit(`${who} is done, its acknowledgement is lost`, spend(gone, 'duplicates'), { fault: true });
    }
  }
}

function sendNext(world: World, state: State, jobs: readonly Job[]): State {
  return jobs.reduce(
    (sending, job) =>
      isSentOn(world, job) && job.next !== undefined
        ? withMessage(sending, { ...job.message, after: job.next })
        : sending,
    state,
  );
}

function pageOf({ configuration }: World, { edges }: State, { task_id, of, after = '' }: Message) {
  const found = edges
    .filter(
      ({ dependencyId, condition }) => dependencyId === task_id && (of !== 'start' || condition === 'start'),
    )
    .map((edge) => ({ edge, place: `${edge.condition}#${edge.dependentId}#${edge.index}` }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .filter(({ place }) => place > after);
  const page = of === 'empty' ? [] : found.slice(0, configuration.page);
  const next = page.length < configuration.page ? undefined : page.at(-1)?.place;
  return { edges: page.map(({ edge }) => edge), ...(next === undefined ? {} : { next }) };
}

function isSentOn({ rules }: World, { next, dependency, message }: Job): boolean {
  if (next === undefined || rules.order.nextPage === 'forgotten') return false;
  return (
    message.of === 'start' || dependency === null || dependency === undefined || isEnded(dependency.status)
  );
}

function dependentsOf(world: World, job: Job): readonly string[] {
  if (job.message.of === 'empty') return [job.message.task_id];
  return toldBy(world, job).map(({ edge }) => edge.dependentId);
}

function toldBy({ rules }: World, { edges, dependency }: Job): readonly ToldEdge[] {
  return edges
    .map((edge) => ({ edge, dependency: dependency ?? undefined }))
    .filter((told) => rules.judgeEdge(told) !== 'open');
}

function dependentSteps(world: World, state: State, one: Release, who: string, emit: Emit): void {
  const [id, ...rest] = one.left;
  if (id === undefined) return;
  const told = one.jobs.flatMap((job) => toldBy(world, job)).filter(({ edge }) => edge.dependentId === id);
  const { row: held, ...released } = one;
  const done: Release = { ...released, left: rest, stage: rest.length === 0 ? 'done' : 'dependents' };
  const write = (row: TaskRow | undefined) =>
    world.rules.releaseWrite(row, told, TERMS) ?? world.rules.moveOnIfEmpty(row, TERMS.nowMs);
  if (held === undefined) {
    const row = rowOf(state, id);
    const isNothing = row === undefined || write(row) === undefined;
    emit(`${who} reads ${id}`, withProcess(state, one, isNothing ? done : { ...one, row }));
    return;
  }
  const first = write(held);
  if (first === undefined) return void emit(`${who} leaves ${id}`, withProcess(state, one, done));
  const { state: next, outcome, breaches } = writeRow(world, state, first);
  const row = outcome.kind === 'unconfirmed' ? undefined : outcome.row;
  const members = told.map(({ edge }) => memberOfEdge(edge)).join(', ');
  const label = `${who} writes ${id} (${members})${outcome.kind === 'applied' ? '' : ': refused'}`;
  const now = row === undefined || write(row) === undefined ? done : { ...one, row };
  emit(label, withProcess(next, one, now), { breaches });
}
