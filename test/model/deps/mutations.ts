import { dependenciesOf } from '../../../core/dependencies/dependency.ts';
import { memberOfEdge } from '../../../core/dependencies/edge.ts';
import { endByFallback } from '../../../core/dependencies/end-by-fallback.ts';
import { judgeDependency } from '../../../core/dependencies/judge-dependency.ts';
import { SUBMISSION_HOLD } from '../../../core/dependencies/members.ts';
import { takeMembers } from '../../../core/dependencies/take-members.ts';
import { type Expectation, memberSet, type RowWrite } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { ConfigurationName } from './configurations.ts';
import type { PropertyId } from './properties.ts';
import { CORE_RULES as core, type Rules } from './rules.ts';
import { LEASE } from './world.ts';

/** A rule of the protocol, how the decisions look without it, and what that breaks. */
export interface Mutation {
  /** The rule that is taken out. */
  readonly rule: string;
  readonly change: Partial<Rules>;
  /** Where it shows, the smallest last, and a property that breaks there; null: nothing breaks. */
  readonly shows: Partial<Readonly<Record<ConfigurationName, PropertyId | null>>>;
  /** Why a rule whose removal breaks nothing is there all the same. */
  readonly why?: string;
}

const nowMs = LEASE.nowMs;

function without(write: RowWrite | undefined, isGone: (expectation: Expectation) => boolean) {
  return write && { ...write, expect: write.expect.filter((one) => !isGone(one)) };
}

/** `h3` is `h`: one hold for all who are at work on a task. */
function withSharedHold(write: RowWrite): RowWrite {
  const { waiting_on } = write.set;
  if (waiting_on === undefined) return write;
  const shared = waiting_on.map((member) => (member.startsWith('h') ? SUBMISSION_HOLD : member));
  return { ...write, set: { ...write.set, waiting_on: memberSet(shared) } };
}

/** A row that looks as if it had not started. */
const unstarted = (row: TaskRow | undefined) => row && { ...row, attempt: 0 };

/** Whoever waits for a start looks only at whether the task has ended. */
const unmindfulOfStarts: Partial<Rules> = {
  lookAtDependency: (dependency, row) => core.lookAtDependency(dependency, unstarted(row)),
  markWrite: (mark) => {
    const write = core.markWrite(mark);
    return { ...write, expect: write.expect.filter(({ attribute }) => attribute !== 'attempt') };
  },
  settleWrite: (row, holds, seen, terms) =>
    core.settleWrite(
      row,
      holds,
      seen.map((one) => ({ ...one, row: unstarted(one.row) })),
      terms,
    ),
};

export const MUTATIONS = {
  hold: {
    rule: 'each operation has a hold of its own, and removes no other',
    change: {
      addDependency: (row, named, terms) => {
        const added = core.addDependency(row, named, terms);
        return added.kind === 'write' ? { ...added, write: withSharedHold(added.write) } : added;
      },
    },
    shows: { D5: 'P4', D5b: 'P4' },
  },
  index: {
    rule: 'an index is never given twice to a task',
    change: {
      addDependency: (row, named, terms) =>
        core.addDependency({ ...row, next_index: dependenciesOf(row).length }, named, terms),
      retryByHandChange: (row, at, met) => core.retryByHandChange({ ...row, next_index: 0 }, at, met),
    },
    shows: { D6: 'P2', D9: 'P2' },
  },
  member: {
    rule: 'a task is failed, or goes on, only by what it waits for',
    change: {
      releaseWrite: (row, told, terms) => {
        const members = told.map(({ edge }) => memberOfEdge(edge));
        const waited = row && { ...row, waiting_on: memberSet([...(row.waiting_on ?? []), ...members]) };
        return without(core.releaseWrite(waited, told, terms), ({ attribute }) => attribute === 'waiting_on');
      },
    },
    shows: { D6: 'P2' },
  },
  'present-row': {
    rule: 'the release function acts on what the dependency’s row says now',
    change: { order: { ...core.order, outcome: 'of the message' } },
    shows: { D9: 'P2', late: 'P1' },
  },
  'edges-before-row': {
    rule: 'it reads the edges before the row',
    change: { order: { ...core.order, release: 'the row before edges' } },
    shows: { late: 'P1' },
  },
  start: {
    rule: 'for a start, a dependency is marked only before it, or else its mark tells of it',
    change: {
      ...unmindfulOfStarts,
      followUpsOf: (row, previous) =>
        core
          .followUpsOf(row, previous)
          .filter((one) => one.kind !== 'release' || one.of !== 'start' || row.attempt !== previous?.attempt),
    },
    shows: { start: 'P6' },
  },
  'start-mark': {
    rule: 'for a start, a dependency is marked only before it',
    change: unmindfulOfStarts,
    shows: { start: null },
    why: 'the record of a mark on a task that has started tells of the start as well; see start',
  },
  topological: {
    rule: 'a batch is put dependencies first',
    change: { orderBatch: (on) => ({ kind: 'ordered', levels: [on.map((_, place) => place)] }) },
    shows: { D10: 'P2' },
  },
  fallback: {
    rule: 'the end of its fallback task never puts a task on a lane',
    change: {
      releaseWrite: (row, told, terms) => {
        const fallback = told.find(({ edge }) => edge.condition === 'fallback');
        if (row?.status !== 'waiting' || fallback === undefined) return core.releaseWrite(row, told, terms);
        const member = memberOfEdge(fallback.edge);
        if (!row.waiting_on?.includes(member)) return undefined;
        return fallback.dependency?.status === 'completed'
          ? takeMembers({ ...row, claimable_at: 0 }, [member], { nowMs })
          : endByFallback(row, member, fallback.dependency, terms);
      },
    },
    shows: { D11: 'P3' },
  },
  'retry-anew': {
    rule: 'a manual retry puts the dependencies anew',
    change: {
      retryByHandChange: (row, at, met) => {
        const change = core.retryByHandChange(row, at, met);
        if (change.kind !== 'write' || row.waiting_on === undefined) return change;
        const set = { ...change.write.set, dependencies: row.dependencies ?? [], waiting_on: row.waiting_on };
        return { ...change, write: { ...change.write, set } };
      },
    },
    shows: { D9: 'P4' },
  },
  'retry-waits': {
    rule: 'and the task waits for them',
    change: {
      retryByHandChange: (row, at) =>
        core.retryByHandChange(row, at, new Set(dependenciesOf(row).map(({ index }) => index))),
    },
    shows: { D9: 'P1' },
  },
  walk: {
    rule: 'whoever adds a dependency looks for cycles afterwards',
    change: { walkDependencies: () => ({ frontier: [], ways: new Map() }) },
    shows: { D7: 'P5' },
  },
  'edges-before-looks': {
    rule: 'edges are put before their dependencies are looked at',
    change: { order: { ...core.order, completion: 'looks before edges' } },
    shows: { one: 'P6' },
  },
  look: {
    rule: 'what has ended before the mark is seen at once',
    change: {
      lookAtDependency: (dependency, row) => {
        const look = core.lookAtDependency(dependency, row);
        return look === 'mark' ? look : 'told';
      },
      settleWrite: (row, holds, _seen, terms) => core.settleWrite(row, holds, [], terms),
    },
    shows: { one: 'P6' },
  },
  mark: {
    rule: 'dependencies are marked',
    change: {
      lookAtDependency: (dependency, row) => {
        const look = core.lookAtDependency(dependency, row);
        return look === 'mark' ? 'told' : look;
      },
    },
    shows: { one: 'P6' },
  },
  'mark-not-ended': {
    rule: 'a mark is refused by a row that has ended',
    change: {
      markWrite: (mark) => {
        const write = core.markWrite(mark);
        return { ...write, expect: write.expect.filter(({ attribute }) => attribute !== 'status') };
      },
      lookAtDependency: (dependency, row) => {
        const look = core.lookAtDependency(dependency, row);
        return row?.has_dependents ? 'told' : look;
      },
      settleWrite: (row, holds, _seen, terms) => core.settleWrite(row, holds, [], terms),
    },
    shows: { one: 'P6' },
  },
  timers: {
    rule: 'the timers complete what whoever died has left',
    change: { isAbandoned: () => false },
    shows: { one: 'P6' },
  },
  'next-page': {
    rule: 'a page of dependents sends for the next one',
    change: { order: { ...core.order, nextPage: 'forgotten' } },
    shows: { pages: 'P6' },
  },
  empty: {
    rule: 'a task that is left waiting for nothing is told of by its record',
    change: {
      followUpsOf: (row, previous) =>
        core.followUpsOf(row, previous).filter((one) => one.kind !== 'release' || one.of !== 'empty'),
    },
    shows: { one: 'P6' },
  },
  closed: {
    rule: 'an edge is removed only when its dependent no longer waits for it',
    change: {
      closedDependencies: (_row, dependencies) => dependencies,
    },
    shows: { 'one-beside': 'P4' },
  },
  'failed-for-good': {
    rule: 'a dependency that failed fails its dependents',
    change: {
      releaseWrite: (row, told, terms) =>
        core.releaseWrite(
          row,
          told.map((one) => ({
            ...one,
            dependency: one.dependency && { ...one.dependency, status: 'completed' },
          })),
          terms,
        ),
    },
    shows: { D3: 'P1' },
  },
  'version-and-set': {
    rule: 'the last members are taken only from the set, or at the version, that was read',
    change: {
      releaseWrite: (row, told, terms) =>
        without(
          core.releaseWrite(row, told, terms),
          (one) => one.attribute === 'version' || one.attribute === 'generation' || 'exactly' in one,
        ),
    },
    shows: { D5c: 'P1' },
  },
  set: {
    rule: 'the last members are taken only from the set that was read',
    change: {
      releaseWrite: (row, told, terms) =>
        without(core.releaseWrite(row, told, terms), (one) => 'exactly' in one),
    },
    shows: { pages: null, 'one-beside': null, start: null },
    why: 'whoever adds a member raises the version, which is demanded too; see version-and-set',
  },
  judge: {
    rule: 'a condition that is met at submission is no obstacle',
    change: {
      judgeDependency: (condition, row) => {
        const verdict = judgeDependency(condition, row);
        return verdict === 'met' ? 'open' : verdict;
      },
    },
    shows: { 'one-beside': null, start: null },
    why: 'it only saves the steps: what is met is taken when they are done',
  },
} as const satisfies Record<string, Mutation>;
