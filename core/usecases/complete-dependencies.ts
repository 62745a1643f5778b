import type { Dependency } from '../dependencies/dependency.ts';
import { type EdgeStore, edgeOf } from '../dependencies/edge.ts';
import {
  closedDependencies,
  dependenciesToPut,
  type Registration,
  settleWrite,
} from '../dependencies/settle.ts';
import { moveOnIfEmpty } from '../dependencies/take-members.ts';
import { type FoundCycle, isKept, withdrawWrite } from '../dependencies/withdraw.ts';
import type { Clock, TaskStore } from '../ports.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { findCycle } from './find-cycle.ts';
import { type DependencyRows, markDependencies } from './mark-dependencies.ts';
import { type SettledRow, writeUntilSettled } from './write-until-settled.ts';

export interface CompletionDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  readonly edges: Pick<EdgeStore, 'put' | 'remove'>;
  readonly clock: Clock;
  readonly retentionSeconds: number;
}

/** What came of an operation: its row as it is now; a cycle that it had closed and that was undone; or not certain. */
export type Completed =
  | { readonly kind: 'done'; readonly row: TaskRow }
  | { readonly kind: 'cycle'; readonly cycle: FoundCycle; readonly row: TaskRow }
  | { readonly kind: 'unconfirmed'; readonly reason: string };

/**
 * Puts in place what rows that have just begun to wait need, each answer at its question's place: edges, marks on
 * the dependencies, a look at what has ended meanwhile and at cycles; then the holds go. May be repeated, and run
 * beside itself. What is not confirmed stays held, and is done again by the timers.
 */
export async function completeDependencies(
  deps: CompletionDeps,
  registrations: readonly Registration[],
): Promise<readonly Completed[]> {
  if (registrations.length === 0) return [];
  try {
    const plans = await putEdges(deps, registrations);
    const rows = await markDependencies(
      deps.tasks,
      plans.flatMap(({ isPut, dependencies }) => (isPut ? dependencies : [])),
    );
    await Promise.all(plans.map((plan) => look(deps, plan)));
    const settled = await settle(deps, plans, rows);
    await removeEdges(deps, plans, settled);
    return plans.map((plan) => completedOf(plan, settled.get(plan.registration.row.task_id)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return registrations.map(() => ({ kind: 'unconfirmed', reason }));
  }
}

/** An operation at work. */
interface Plan {
  readonly registration: Registration;
  readonly dependencies: readonly Dependency[];
  /** All edges are there for certain. */
  readonly isPut: boolean;
  cycle?: FoundCycle;
}

async function putEdges(
  { edges }: CompletionDeps,
  registrations: readonly Registration[],
): Promise<readonly Plan[]> {
  const planned = registrations.map((registration) => ({
    registration,
    dependencies: dependenciesToPut(registration),
  }));
  const all = planned.flatMap(({ registration, dependencies }) =>
    dependencies.map((dependency) => edgeOf(registration.row.task_id, dependency)),
  );
  const answers = (all.length === 0 ? [] : await edges.put(all)).values();
  return planned.map((one) => ({
    ...one,
    isPut: one.dependencies.map(() => answers.next().value === true).every((isPut) => isPut),
  }));
}

async function look({ tasks }: CompletionDeps, plan: Plan): Promise<void> {
  const { registration, dependencies, isPut } = plan;
  if (!registration.walks || !isPut) return;
  const cycle = await findCycle(tasks, registration.row.task_id, dependencies);
  if (cycle !== undefined) plan.cycle = cycle;
}

async function settle(
  deps: CompletionDeps,
  plans: readonly Plan[],
  rows: DependencyRows,
): Promise<ReadonlyMap<string, SettledRow>> {
  const byTask = new Map(plans.map((plan) => [plan.registration.row.task_id, plan]));
  const next = (row: TaskRow | undefined, taskId: string): RowWrite | undefined => {
    const plan = byTask.get(taskId);
    if (plan === undefined || !plan.isPut) return undefined;
    const terms = { nowMs: deps.clock.nowMs(), retentionSeconds: deps.retentionSeconds };
    const { registration, cycle } = plan;
    const seen = plan.dependencies.map((dependency) => ({
      dependency,
      row: rows.get(dependency.task_id),
    }));
    const write =
      cycle === undefined
        ? settleWrite(row, registration.holds, seen, terms)
        : withdrawWrite(row, cycle, terms);
    return write ?? moveOnIfEmpty(row, terms.nowMs);
  };
  return await writeUntilSettled(
    deps,
    plans.map(({ registration }) => registration.row),
    next,
  );
}

function completedOf({ registration, isPut, cycle }: Plan, outcome: SettledRow | undefined): Completed {
  if (!isPut) return { kind: 'unconfirmed', reason: 'an edge is not stored for certain' };
  if (outcome?.kind !== 'settled') {
    return { kind: 'unconfirmed', reason: outcome?.reason ?? 'the row has no answer' };
  }
  const row = outcome.row ?? registration.row;
  return cycle === undefined || isKept(row, cycle) ? { kind: 'done', row } : { kind: 'cycle', cycle, row };
}

/** Edges that lead nowhere any more; one that stays is found used up, or expires. */
async function removeEdges(
  { edges }: CompletionDeps,
  plans: readonly Plan[],
  settled: ReadonlyMap<string, SettledRow>,
): Promise<void> {
  const gone = plans.flatMap(({ registration: { row }, dependencies, isPut }) => {
    const outcome = settled.get(row.task_id);
    if (!isPut || outcome?.kind !== 'settled') return [];
    return closedDependencies(outcome.row, dependencies).map((one) => edgeOf(row.task_id, one));
  });
  if (gone.length > 0) await edges.remove(gone).catch(() => []);
}
