import { edgeOf } from '../../../../core/dependencies/edge.ts';
import { markFor } from '../../../../core/dependencies/settle.ts';
import type { RowWrite } from '../../../../core/row-write.ts';
import type { TaskRow } from '../../../../core/task-row.ts';
import { type Completion, rowOf, type State, spend, withEdges, withoutEdges, withProcess } from '../state.ts';
import { type Emit, TERMS, type World, writeRow } from '../world.ts';

/** Begins what `completeDependencies` does for one row. */
export function beginCompletion(
  { rules }: World,
  given: Pick<Completion, 'by' | 'task' | 'row' | 'holds' | 'only' | 'walks'>,
): Completion {
  const { row, holds, only } = given;
  const dependencies = rules.dependenciesToPut({ row, holds, ...(only === undefined ? {} : { only }) });
  const stage = rules.order.completion === 'edges before looks' ? 'edges' : 'look';
  return { ...given, kind: 'completion', stage, dependencies, seen: {}, walked: {} };
}

/** Whoever puts dependencies, one call at a time; it may die before each. */
export function completionSteps(world: World, state: State, one: Completion, emit: Emit): void {
  const who = `${one.by}(${one.task})`;
  if (state.budget.deaths > 0 && (one.by === 'api' || world.configuration.timersDie)) {
    emit(`${who} dies (${one.stage})`, spend(withProcess(state, one), 'deaths'), { fault: true });
  }
  switch (one.stage) {
    case 'edges': {
      const edges = one.dependencies.map((dependency) => edgeOf(one.task, dependency));
      emit(`${who} puts its edges`, goOn(world, withEdges(state, edges), one, one));
      return;
    }
    case 'look':
      return void lookSteps(world, state, one, who, emit);
    case 'mark':
      return void markSteps(world, state, one, who, emit);
    case 'walk':
      return void walkSteps(world, state, one, who, emit);
    case 'settle':
      return void settleSteps(world, state, one, who, emit);
  }
}

/** The stage after the present one; stages in which nothing is to be done are passed over. */
function goOn(world: World, state: State, old: Completion, now: Completion): State {
  const isUsual = world.rules.order.completion === 'edges before looks';
  const stages: readonly Completion['stage'][] = isUsual
    ? ['edges', 'look', 'mark', 'walk', 'settle']
    : ['look', 'mark', 'edges', 'walk', 'settle'];
  const rest = stages.slice(stages.indexOf(old.stage) + 1);
  const stage = rest.find((next) => isNeeded(world, { ...now, stage: next }));
  return withProcess(state, old, { ...now, ...(stage === undefined ? {} : { stage }) });
}

/** The operation is over: edges that its row needs no more go. */
function end({ rules }: World, state: State, old: Completion, row: TaskRow | undefined): State {
  const edges = rules.closedDependencies(row, old.dependencies).map((one) => edgeOf(old.task, one));
  return withProcess(withoutEdges(state, edges), old);
}

function isNeeded(world: World, one: Completion): boolean {
  switch (one.stage) {
    case 'look':
      return one.dependencies.length > 0;
    case 'mark':
      return missingMark(world, one) !== undefined;
    case 'walk':
      return world.configuration.cycles && one.walks && frontierOf(world, one).length > 0;
    default:
      return true;
  }
}

function lookSteps(world: World, state: State, one: Completion, who: string, emit: Emit): void {
  const [next] = one.dependencies.filter(({ task_id }) => !(task_id in one.seen));
  if (next === undefined) return;
  const id = next.task_id;
  const seen = { ...one, seen: { ...one.seen, [id]: rowOf(state, id) } };
  const isLast = one.dependencies.every(({ task_id }) => task_id in seen.seen);
  emit(`${who} looks at ${id}`, isLast ? goOn(world, state, one, seen) : withProcess(state, one, seen));
}

function missingMark({ rules }: World, { dependencies, seen }: Completion) {
  return dependencies.find(
    (dependency) => rules.lookAtDependency(dependency, seen[dependency.task_id]) === 'mark',
  );
}

function markSteps(world: World, state: State, one: Completion, who: string, emit: Emit): void {
  const dependency = missingMark(world, one);
  if (dependency === undefined) return;
  const write = world.rules.markWrite(markFor(dependency));
  const { state: next, outcome } = writeRow(world, state, write);
  const id = dependency.task_id;
  const row = outcome.kind === 'unconfirmed' ? undefined : outcome.row;
  const now = { ...one, seen: { ...one.seen, [id]: row } };
  const label = `${who} marks ${id}${outcome.kind === 'applied' ? '' : ': refused'}`;
  const isMissing = missingMark(world, now) !== undefined;
  emit(label, isMissing ? withProcess(next, one, now) : goOn(world, next, one, now));
}

function frontierOf({ rules }: World, { task, dependencies, walked }: Completion): readonly string[] {
  return rules.walkDependencies(task, dependencies, new Map(Object.entries(walked))).frontier;
}

function walkSteps(world: World, state: State, one: Completion, who: string, emit: Emit): void {
  for (const id of frontierOf(world, one)) {
    const walked = { ...one.walked, [id]: rowOf(state, id) };
    const { cycle } = world.rules.walkDependencies(
      one.task,
      one.dependencies,
      new Map(Object.entries(walked)),
    );
    const now: Completion = { ...one, walked, ...(cycle === undefined ? {} : { cycle }) };
    const isOver = cycle !== undefined || frontierOf(world, now).length === 0;
    const label = `${who} walks to ${id}${cycle === undefined ? '' : ': a cycle'}`;
    emit(label, isOver ? goOn(world, state, one, now) : withProcess(state, one, now));
  }
}

/** What the operation writes to its row, as it knows it. */
function settling({ rules }: World, one: Completion, row: TaskRow | undefined): RowWrite | undefined {
  const seen = one.dependencies.map((dependency) => ({ dependency, row: one.seen[dependency.task_id] }));
  const write =
    one.cycle === undefined
      ? rules.settleWrite(row, one.holds, seen, TERMS)
      : rules.withdrawWrite(row, one.cycle, TERMS);
  return write ?? rules.moveOnIfEmpty(row, TERMS.nowMs);
}

function settleSteps(world: World, state: State, one: Completion, who: string, emit: Emit): void {
  const write = settling(world, one, one.row);
  if (write === undefined) {
    emit(`${who} has nothing more to write`, end(world, state, one, one.row));
    return;
  }
  const { state: next, outcome, breaches } = writeRow(world, state, write);
  const row = outcome.kind === 'unconfirmed' ? undefined : outcome.row;
  const label = `${who} settles${outcome.kind === 'applied' ? '' : ': refused'}`;
  if (row === undefined) return void emit(label, end(world, next, one, undefined), { breaches });
  const now = { ...one, row };
  const isDone = settling(world, now, row) === undefined;
  emit(label, isDone ? end(world, next, one, row) : withProcess(next, one, now), { breaches });
}
