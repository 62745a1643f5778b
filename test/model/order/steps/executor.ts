import type { AttemptOutcome } from '../../../../core/finish.ts';
import { failure } from '../../../../core/task-failure.ts';
import type { TaskRow } from '../../../../core/task-row.ts';
import { FATE_REPORT, type Fate } from '../../../../core/usecases/message-fate.ts';
import {
  type Executor,
  LEASE_MS,
  NOBODY,
  NOW_MS,
  nameOf,
  type OrderState,
  type Slot,
  spend,
  taskAt,
  type Work,
  withExecutor,
} from '../state.ts';
import {
  breachesOfStart,
  type OrderEmit,
  type OrderWorld,
  RETENTION_SECONDS,
  retryPolicyOf,
  writeRow,
} from '../world.ts';

/** What one executor may do. */
interface Turn {
  readonly world: OrderWorld;
  readonly state: OrderState;
  readonly slot: Slot;
  readonly executor: Executor;
  readonly emit: OrderEmit;
}

/** Executors: each takes the messages of its group one after the other, and may die at any point. */
export function executorSteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  state.executors.forEach((executor, index) => {
    if (executor === undefined) return;
    const turn: Turn = { world, state, slot: index + 1, executor, emit };
    if (state.budget.deaths > 0)
      emit(`executor ${turn.slot} dies`, spend(letGo(turn), 'deaths'), { fault: true });
    const work = executor.batch[executor.at];
    if (work !== undefined && executor.phase === 'claiming') claimSteps(turn, work);
    if (work !== undefined && executor.phase === 'running' && executor.row !== undefined)
      runSteps(turn, work, executor.row);
    if (executor.phase === 'over') returnStep(turn);
    else if (executor.at > 0) emit(`executor ${turn.slot} deletes what is done`, withoutDone(turn));
  });
}

function claimSteps(turn: Turn, { task, generation }: Work): void {
  const { world, state, slot, executor, emit } = turn;
  const { rules } = world;
  const message = {
    task_id: taskAt(state, task).row?.task_id ?? '',
    generation,
    messageId: '',
    receiptHandle: '',
    receives: 1,
  };
  const leaseId = `lease ${slot}`;
  const terms = { nowMs: NOW_MS, leaseMs: LEASE_MS, leaseId };
  const written = writeRow(world, state, task, rules.claimWrite(message, terms));
  const verdict = rules.judgeClaim(written.outcome, message, leaseId, NOW_MS);
  const who = `executor ${slot}`;
  if (verdict.kind === 'not_claimed') {
    const refused = `${who} is refused ${nameOf(task)} (${taskAt(state, task).row?.status})`;
    emit(`${refused}: ${verdict.fate.kind}`, settled({ ...turn, state: written.state }, verdict.fate));
    return;
  }
  const { row } = verdict;
  const after = { ...turn, state: written.state };
  const look = rules.lookAtClaim(row, NOW_MS, []);
  if (look.kind !== 'run') {
    const told = `${who} claims ${nameOf(task)}, look: ${look.kind}`;
    emit(told, finished(after, row, task, rules.outcomeOfLook(look)));
    return;
  }
  const isAlone = rules.mustRunAlone(row);
  if (isAlone && executor.at > 0) {
    const outcome = { kind: 'released', reason: 'alone' } as const;
    emit(`${who} claims ${nameOf(task)} and gives it back`, finished(after, row, task, outcome));
    return;
  }
  const batch = isAlone ? executor.batch.slice(0, 1) : executor.batch;
  const put = isAlone ? heldBy(written.state, slot, batch) : written.state;
  const told = `${who} starts attempt ${row.attempt} of ${nameOf(task)}${isAlone ? ' alone' : ''}`;
  emit(told, withExecutor(put, slot, { ...executor, batch, phase: 'running', row }), {
    breaches: breachesOfStart(world, state, task),
  });
}

function runSteps(turn: Turn, { task }: Work, row: TaskRow): void {
  const { world, state, slot, emit } = turn;
  const { hangs, fails, keys } = world.configuration;
  const who = `executor ${slot}`;
  if (hangs && keys[task] === keys[0]) return;
  const end = (told: string, outcome: AttemptOutcome) =>
    emit(`${who}: ${nameOf(task)} ${told}`, finished(turn, row, task, outcome));
  end('succeeds', { kind: 'succeeded', resultAttempt: row.attempt });
  if (fails && task === 0)
    end('fails', { kind: 'failed', failure: failure('handler_error', 'it failed', true) });
  const now = taskAt(state, task).row;
  // The end of the lease, as the attempt wrote it, is what it is, also once it has passed.
  const seen =
    now && now.attempt === row.attempt && now.claimable_at === NOW_MS ? row.claimable_at : undefined;
  const isRestarted = now?.history.at(-1) !== row.history.at(-1);
  const judged = world.rules.judgeWatched(
    now && seen !== undefined && !isRestarted ? { ...now, claimable_at: seen } : now,
    row,
    row.claimable_at,
  );
  if (judged === 'cancelled') end('sees its cancel', { kind: 'cancelled' });
  if (judged === 'lease_lost')
    emit(`${who}: ${nameOf(task)} has lost its lease`, settled(turn, world.rules.fateOfLostLease(row)));
}

/** The state after an attempt's finish was written, or refused. */
function finished(turn: Turn, row: TaskRow, task: number, outcome: AttemptOutcome): OrderState {
  const { world, state } = turn;
  const { rules } = world;
  const terms = {
    nowMs: NOW_MS,
    random: 0,
    policy: retryPolicyOf(world),
    retentionSeconds: RETENTION_SECONDS,
  };
  const write = rules.finishWrite(row, outcome, terms);
  const written = writeRow(world, state, task, write);
  const fate = rules.fateOfFinish(written.outcome, row, rules.fateInPlace(row, write, NOW_MS));
  const after = { ...turn, state: written.state };
  if (fate.kind !== 'cancel_instead') return settled(after, fate);
  return outcome.kind === 'cancelled'
    ? settled(after, FATE_REPORT)
    : finished(after, row, task, { kind: 'cancelled' });
}

/** The state once it is known what becomes of the message that an executor is at. */
function settled({ world, state, slot, executor }: Turn, fate: Fate): OrderState {
  const { row: _row, ...rest } = executor;
  const step = world.rules.chainStep(fate);
  if (step.kind !== 'next') {
    const batch = rest.batch.slice(0, rest.at);
    return withExecutor(heldBy(state, slot, batch), slot, { ...rest, batch, phase: 'over' });
  }
  // A message that is left is not done with, even where the next is begun (which is a rule that was taken out).
  const isDone = fate.kind === 'acknowledge';
  const batch = isDone ? rest.batch : rest.batch.filter((_, at) => at !== rest.at);
  const at = isDone ? rest.at + 1 : rest.at;
  const held = heldBy(state, slot, batch);
  return withExecutor(held, slot, { batch, at, phase: at < batch.length ? 'claiming' : 'over' });
}

function returnStep(turn: Turn): void {
  const { slot, emit } = turn;
  emit(`executor ${slot} returns`, letGo({ ...turn, state: withoutDone(turn) }));
}

/** The messages that it still holds and is done with are deleted: a handle that is no longer the newest deletes nothing. */
function withoutDone({ state, slot, executor }: Turn): OrderState {
  const done = executor.batch.slice(0, executor.at);
  return {
    ...state,
    messages: state.messages.filter((message) => message.holder !== slot || !isIn(done, message)),
  };
}

function letGo({ state, slot }: Turn): OrderState {
  return withExecutor(heldBy(state, slot, []), slot, undefined);
}

/** The executor holds only the messages of these works. */
function heldBy(state: OrderState, slot: Slot, works: readonly Work[]): OrderState {
  const messages = state.messages.map((message) =>
    message.holder === slot && !isIn(works, message) ? { ...message, holder: NOBODY } : message,
  );
  return { ...state, messages };
}

function isIn(works: readonly Work[], { task, generation }: Work): boolean {
  return works.some((work) => work.task === task && work.generation === generation);
}
