import { cancelChange } from '../../../../core/changes/cancel-task.ts';
import type { NamedDependency } from '../../../../core/dependencies/condition.ts';
import { dependenciesOf } from '../../../../core/dependencies/dependency.ts';
import { edgeOf } from '../../../../core/dependencies/edge.ts';
import { holdOf, memberOf, SUBMISSION_HOLD } from '../../../../core/dependencies/members.ts';
import type { Wish } from '../configure.ts';
import { endedMark } from '../properties.ts';
import {
  type Batch,
  type Deleting,
  type Putting,
  type Retrying,
  rowOf,
  type State,
  type Submitting,
  spend,
  taskOf,
  withoutEdges,
  withProcess,
  withTask,
} from '../state.ts';
import { type Emit, named, newRow, putRow, TERMS, trimmed, type World, writeRow } from '../world.ts';
import { beginCompletion } from './completion.ts';

/** What clients ask for: each wish once, as soon as it is allowed. */
export function wishSteps(world: World, state: State, emit: Emit): void {
  for (const place of state.wishes) {
    const wish: Wish | undefined = world.configuration.wishes[place];
    if (wish === undefined || (world.configuration.inOrder && place !== state.wishes[0])) continue;
    const begun = { ...state, wishes: state.wishes.filter((other) => other !== place) };
    grant(world, begun, wish, emit);
  }
}

function grant(world: World, state: State, wish: Wish, emit: Emit): void {
  switch (wish.kind) {
    case 'submit':
      return void submit(world, state, wish.task, wish.on.map(named), emit);
    case 'batch':
      return void sendBatch(world, state, wish, emit);
    case 'put':
      return void lookToPut(world, state, wish.task, named(wish.on), emit);
    case 'delete':
      return void deleteDependency(world, state, wish.task, named(wish.on).task_id, emit);
    case 'cancel': {
      const row = rowOf(state, wish.task);
      if (row?.status !== 'waiting' && row?.status !== 'queued') return;
      const change = cancelChange(row, TERMS);
      if (change.kind !== 'write') return;
      emit(`cancel ${wish.task}`, writeRow(world, state, change.write).state, { fault: true });
      return;
    }
    case 'retry':
      return void lookToRetry(world, state, wish.task, emit);
  }
}

/** The look at what a submission depends on: unknown tasks are refused, and there is no wish then. */
function submit(world: World, state: State, task: string, on: readonly NamedDependency[], emit: Emit): void {
  if (rowOf(state, task) !== undefined) return;
  const isBegun = state.processes.some((one) => one.kind === 'submitting' && one.task === task);
  if (isBegun || on.some(({ task_id }) => rowOf(state, task_id) === undefined)) return;
  const dependencies = on.map((one) => ({ ...one, isMet: isMet(world, state, one) }));
  const met = dependencies.flatMap((one, index) => (one.isMet ? [endedMark(index)] : []));
  const process: Submitting = { kind: 'submitting', task, dependencies };
  const next = withProcess(withTask(state, task, { marks: met }), undefined, process);
  emit(`the API looks at what ${task} depends on`, next, { fault: true });
}

function isMet({ rules }: World, state: State, { task_id, condition }: NamedDependency): boolean {
  const row = rowOf(state, task_id);
  return row !== undefined && rules.judgeDependency(condition, row) === 'met';
}

export function submittingSteps(world: World, state: State, one: Submitting, emit: Emit): void {
  const row = trimmed(newRow(one.task, one.dependencies));
  const put = putRow(world, state, one.task, row);
  if (row.status !== 'waiting') return void emit(`the API puts ${one.task}`, withProcess(put, one));
  const completion = beginCompletion(world, {
    by: 'api',
    task: one.task,
    row,
    holds: [SUBMISSION_HOLD],
    walks: false,
  });
  emit(`the API puts ${one.task}`, withProcess(put, one, completion));
}

function sendBatch(world: World, state: State, { members }: Wish & { kind: 'batch' }, emit: Emit): void {
  if (state.processes.some(({ kind }) => kind === 'batch')) return;
  const ids = Object.keys(members);
  const on = Object.fromEntries(ids.map((id) => [id, (members[id] ?? []).map(named)]));
  const order = world.rules.orderBatch(
    ids.map((id) => (on[id] ?? []).map(({ task_id }) => ids.indexOf(task_id))),
  );
  const left = order.kind === 'cycle' ? [] : order.levels.flat().flatMap((place) => ids[place] ?? []);
  const batch: Batch = { kind: 'batch', left, members: on };
  emit('a batch is sent', withProcess(state, undefined, batch), { fault: true });
}

/** Members are put in order; when all are there, each that is held by a submission is completed. */
export function batchSteps(world: World, state: State, one: Batch, emit: Emit): void {
  if (state.budget.deaths > 0)
    emit('the API dies in the batch', spend(withProcess(state, one), 'deaths'), { fault: true });
  const [id, ...left] = one.left;
  if (id !== undefined) {
    const dependencies = (one.members[id] ?? []).map((on) => ({ ...on, isMet: false }));
    const isThere = rowOf(state, id) !== undefined;
    const put = isThere ? state : putRow(world, state, id, trimmed(newRow(id, dependencies)));
    emit(`the batch puts ${id}`, withProcess(put, one, { ...one, left }));
    return;
  }
  const held = Object.keys(one.members).flatMap((member) => {
    const row = rowOf(state, member);
    const isHeld = row?.status === 'waiting' && row.waiting_on?.includes(SUBMISSION_HOLD);
    return isHeld ? [row] : [];
  });
  const completions = held.map((row) =>
    beginCompletion(world, {
      by: 'api',
      task: row.task_id,
      row,
      holds: [SUBMISSION_HOLD],
      walks: false,
    }),
  );
  emit('the batch is put', withProcess(state, one, ...completions));
}

function lookToPut(world: World, state: State, task: string, on: NamedDependency, emit: Emit): void {
  const row = rowOf(state, task);
  if (row?.status !== 'waiting' || rowOf(state, on.task_id) === undefined) return;
  const met = isMet(world, state, on);
  const process: Putting = { kind: 'putting', task, named: on, row, isMet: met };
  const marks = [...taskOf(state, task).marks, ...(met ? [endedMark(row.next_index ?? 0)] : [])];
  const next = withProcess(withTask(state, task, { marks }), undefined, process);
  emit(`PUT ${task} -> ${on.task_id}: looks`, next, { fault: true });
}

export function puttingSteps(world: World, state: State, one: Putting, emit: Emit): void {
  const { task, named: on, row } = one;
  const label = `PUT ${task} -> ${on.task_id}: `;
  const added = world.rules.addDependency(row, on, { nowMs: TERMS.nowMs, isMet: one.isMet });
  if (added.kind !== 'write') return void emit(`${label}${added.kind}`, withProcess(state, one));
  const { state: next, outcome, breaches } = writeRow(world, state, added.write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) {
    const now = outcome.kind === 'refused' ? outcome.row : undefined;
    if (now?.status !== 'waiting') return void emit(`${label}409`, withProcess(state, one));
    return void emit(
      `${label}refused`,
      withProcess(state, one, { ...one, row: now, isMet: isMet(world, state, on) }),
    );
  }
  const { index } = added.dependency;
  const isOpen = outcome.row.waiting_on?.includes(memberOf(index)) && outcome.row.status === 'waiting';
  const hold = outcome.row.waiting_on?.find((member) => member === holdOf(index)) ?? SUBMISSION_HOLD;
  const completion = beginCompletion(world, {
    by: 'api',
    task,
    row: outcome.row,
    holds: [hold],
    only: [index],
    walks: true,
  });
  emit(`${label}written`, isOpen ? withProcess(next, one, completion) : withProcess(next, one), { breaches });
}

function deleteDependency(world: World, state: State, task: string, on: string, emit: Emit): void {
  const row = rowOf(state, task);
  if (row?.status !== 'waiting') return;
  const dependency = dependenciesOf(row).find(({ task_id }) => task_id === on);
  if (dependency === undefined) return;
  const write = world.rules.removeDependency(row, dependency, TERMS.nowMs);
  const { state: next, breaches } = writeRow(world, state, write);
  const process: Deleting = { kind: 'deleting', task, edge: edgeOf(task, dependency) };
  emit(`DELETE ${task} -> ${on}`, withProcess(next, undefined, process), { fault: true, breaches });
}

export function deletingSteps(world: World, state: State, one: Deleting, emit: Emit): void {
  if (state.budget.deaths > 0)
    emit(`DELETE of ${one.task} dies after its write`, spend(withProcess(state, one), 'deaths'), {
      fault: true,
    });
  const cleaned = withoutEdges(state, [one.edge]);
  const move = world.rules.moveOnIfEmpty(rowOf(state, one.task), TERMS.nowMs);
  const moved = move === undefined ? { state: cleaned, breaches: [] } : writeRow(world, cleaned, move);
  emit(`DELETE of ${one.task} removes the edge`, withProcess(moved.state, one), { breaches: moved.breaches });
}

function lookToRetry(world: World, state: State, task: string, emit: Emit): void {
  const row = rowOf(state, task);
  if (row?.status !== 'failed') return;
  const met = dependenciesOf(row).filter((one) => isMet(world, state, one));
  const process: Retrying = { kind: 'retrying', task, row, met: met.map(({ index }) => index) };
  const marks = met.map(({ index }) => endedMark(index));
  const next = withProcess(withTask(state, task, { marks }), undefined, process);
  emit(`retry of ${task}: looks`, next, { fault: true });
}

export function retryingSteps(world: World, state: State, one: Retrying, emit: Emit): void {
  const { task, row } = one;
  const change = world.rules.retryByHandChange(row, TERMS.nowMs, new Set(one.met));
  if (change.kind !== 'write') return void emit(`retry of ${task}: refused`, withProcess(state, one));
  const { state: next, outcome, breaches } = writeRow(world, state, change.write);
  const now = outcome.kind === 'applied' ? outcome.row : undefined;
  if (now?.status !== 'waiting') return void emit(`retry of ${task}`, withProcess(next, one), { breaches });
  const holds = [SUBMISSION_HOLD];
  const completion = beginCompletion(world, { by: 'api', task, row: now, holds, walks: true });
  emit(`retry of ${task}`, withProcess(next, one, completion), { breaches });
}
