import type { AttemptOutcome } from '../../../core/finish.ts';
import type { WriteOutcome } from '../../../core/row-write.ts';
import { FATE_REPORT, type FinishVerdict } from '../../../core/usecases/message-fate.ts';
import { breachesOfLook, breachesOfStart } from '../properties.ts';
import {
  isDone,
  NOW_MS,
  type Part,
  type State,
  spend,
  TICK_MS,
  taskAt,
  withPart,
  withTask,
} from '../state.ts';
import {
  type Emit,
  HANDLER_FAILURE,
  leaseMsOf,
  momentIn,
  nameOf,
  RETENTION_SECONDS,
  resultOf,
  retryPolicyOf,
  type World,
  writeRow,
} from '../world.ts';
import { claimAgainSteps, claimSteps, decidedByLook } from './claim.ts';
import { heartbeat } from './heartbeat.ts';
import { decided, endSteps, killed, unanswered } from './invocation.ts';
import type { Turn } from './turn.ts';

/** Executors: each part goes its way from the claim to its fate; an invocation may die at any point. */
export function executorSteps(world: World, state: State, emit: Emit): void {
  state.executors.forEach((executor, index) => {
    if (executor === undefined) return;
    const slot = index + 1;
    const attempts = executor.flatMap((part) =>
      part !== undefined && 'row' in part ? [part.row.attempt] : [],
    );
    const who = attempts.length === 0 ? 'the executor' : `the executor of attempt ${attempts.join(' and ')}`;
    if (state.budget.deaths > 0) emit(`${who} dies`, spend(killed(state, slot), 'deaths'), { fault: true });
    if (isDone(executor)) endSteps(world, state, slot, who, emit);
    executor.forEach((part, task) => {
      if (part !== undefined)
        stepPart({ world, state, slot, task, who: `${who}${nameOf(state, task)}`, emit }, part);
    });
  });
}

function stepPart(turn: Turn, part: Part): void {
  switch (part.phase) {
    case 'received':
      claimSteps(turn, part);
      break;
    case 'claim_unanswered':
      claimAgainSteps(turn, part);
      break;
    case 'looking':
      lookSteps(turn, part);
      break;
    case 'starting':
      startSteps(turn, part);
      break;
    case 'running':
      runSteps(turn, part);
      break;
    case 'storing':
      storeSteps(turn, part);
      break;
    case 'finishing':
    case 'finish_unanswered':
      finishSteps(turn, part);
      break;
    case 'done':
      break;
  }
}

function lookSteps({ world, state, slot, task, who, emit }: Turn, part: Part & { phase: 'looking' }): void {
  const now = taskAt(state, task);
  const look = world.rules.lookAtClaim(part.row, NOW_MS, now.results);
  const next = withPart(state, slot, task, decidedByLook(world, look, part));
  emit(`${who} reads the results: ${look.kind.replace('_', ' ')}`, next, {
    breaches: breachesOfLook(look, part.row, now),
  });
  if (state.budget.lostAnswers === 0) return;
  const left = decided(unanswered(state, slot), slot, task, { phase: 'done', fate: FATE_REPORT });
  emit(`${who} cannot read the results: leaves the message`, left, { fault: true });
}

function startSteps({ world, state, slot, task, who, emit }: Turn, part: Part & { phase: 'starting' }): void {
  if (state.budget.openCircuits > 0) {
    const dueAtMs = momentIn(world.configuration.retryTicks);
    const outcome = { kind: 'released', reason: 'circuit', dueAtMs } as const;
    const next = withPart(state, slot, task, { phase: 'finishing', row: part.row, outcome });
    emit(`${who} finds the circuit open`, spend(next, 'openCircuits'), { fault: true });
  }
  if (world.rules.mayStart(0, part.claimAge * TICK_MS, leaseMsOf(world))) {
    const breaches = breachesOfStart(part, taskAt(state, task).row, world.configuration);
    const next = withPart(state, slot, task, { phase: 'running', row: part.row, looked: false });
    emit(`${who} starts the handler`, next, { breaches });
  } else {
    const left = decided(state, slot, task, { phase: 'done', fate: FATE_REPORT });
    emit(`${who} sees that its lease is over: starts nothing, leaves the message`, left);
  }
}

function runSteps(turn: Turn, part: Part & { phase: 'running' }): void {
  const { world, state, slot, task, who, emit } = turn;
  const { row } = part;
  const { handler } = world.configuration;
  const ran = (outcome: AttemptOutcome) => withPart(state, slot, task, { phase: 'storing', row, outcome });
  if (handler === 'kills_its_process') emit(`${who}: the handler kills the process`, killed(state, slot));
  else emit(`${who}: the handler returns`, ran({ kind: 'succeeded', resultAttempt: row.attempt }));
  if (handler === 'returns_or_fails')
    emit(`${who}: the handler fails`, ran({ kind: 'failed', failure: HANDLER_FAILURE }));
  if (row.deadline !== undefined && row.deadline <= NOW_MS)
    emit(`${who}: the deadline ends the handler`, ran({ kind: 'ended', failure: HANDLER_FAILURE }));
  watchSteps(turn, part);
}

/** A look at the row while the handler runs: it goes on, late or in time, or is stopped and leaves no result. */
function watchSteps(turn: Turn, part: Part & { phase: 'running' }): void {
  const { world, state, slot, task, who, emit } = turn;
  const lost = (told: string) =>
    emit(
      `${who} ${told}: stops its handler`,
      decided(state, slot, task, { phase: 'done', fate: FATE_REPORT }),
    );
  if (part.looked) {
    const { state: next, outcome, breaches } = heartbeat(world, state, { slot, task, part, aheadTicks: 0 });
    const running = withPart(next, slot, task, { ...part, looked: false });
    if (outcome.kind === 'applied') emit(`${who} extends its lease late`, running, { breaches });
    else lost('is refused its heartbeat');
    return;
  }
  const { row } = taskAt(state, task);
  switch (world.rules.judgeWatched(row, part.row, row.claimable_at)) {
    case 'cancelled': {
      const outcome = { kind: 'cancelled' } as const;
      const next = withPart(state, slot, task, { phase: 'finishing', row: part.row, outcome });
      emit(`${who} sees the cancel: stops its handler`, next);
      break;
    }
    case 'lease_lost':
      lost('sees that its lease is lost');
      break;
    case 'go_on':
      if (row.claimable_at <= NOW_MS)
        emit(`${who} looks late, nobody has the row`, withPart(state, slot, task, { ...part, looked: true }));
  }
}

function storeSteps({ world, state, slot, task, who, emit }: Turn, part: Part & { phase: 'storing' }): void {
  const { row, outcome } = part;
  const succeeded = outcome.kind === 'succeeded';
  const result = resultOf(row, succeeded);
  const { results } = taskAt(state, task);
  const others = results.filter(({ attempt }) => attempt !== row.attempt);
  const stored = withTask(state, task, {
    results: [...others, result].sort((a, b) => a.attempt - b.attempt),
  });
  const answered = (after: State, confirmed: boolean): State =>
    world.rules.confirmedOnly([{ result }], [confirmed]).length > 0
      ? withPart(after, slot, task, { phase: 'finishing', row, outcome })
      : decided(after, slot, task, { phase: 'done', fate: FATE_REPORT });

  const what = succeeded ? 'success' : 'error';
  emit(`${who} stores its ${what}`, answered(stored, true));
  if (state.budget.lostAnswers === 0) return;
  emit(`${who} stores its ${what}, no answer comes`, answered(unanswered(stored, slot), false), {
    fault: true,
  });
  emit(`${who} cannot store its ${what}, no answer comes`, answered(unanswered(state, slot), false), {
    fault: true,
  });
}

function finishSteps(
  { world, state, slot, task, who, emit }: Turn,
  part: Part & { phase: 'finishing' | 'finish_unanswered' },
): void {
  const write = world.rules.finishWrite(part.row, part.outcome, {
    nowMs: NOW_MS,
    random: 0,
    policy: retryPolicyOf(world),
    retentionSeconds: RETENTION_SECONDS,
  });
  const written = writeRow(world, state, task, write, slot);
  const { breaches } = written;
  const fateOf = (outcome: WriteOutcome) => world.rules.fateOfFinish(outcome, part.row);
  const toFate = (after: State, verdict: FinishVerdict) =>
    verdict.kind === 'cancel_instead'
      ? withPart(after, slot, task, { phase: 'finishing', row: part.row, outcome: { kind: 'cancelled' } })
      : decided(after, slot, task, { phase: 'done', fate: verdict });
  const { status } = taskAt(written.state, task).row;
  const verb = part.phase === 'finishing' ? 'finishes' : 'asks for its finish again';

  const fate = fateOf(written.outcome);
  const told =
    written.outcome.kind === 'applied' ? status : `refused (${status}): ${fate.kind.replace('_', ' ')}`;
  emit(`${who} ${verb}: ${told}`, toFate(written.state, fate), { breaches });
  if (state.budget.lostAnswers === 0 || part.phase === 'finish_unanswered') return;
  const lost = { kind: 'unconfirmed', reason: 'no answer' } as const;
  emit(`${who} asks for its finish, which never arrives`, toFate(unanswered(state, slot), fateOf(lost)), {
    fault: true,
  });
  if (written.outcome.kind !== 'applied') return;
  const unansweredFinish = { ...part, phase: 'finish_unanswered' } as const;
  emit(
    `${who} finishes: ${status}; the answer is lost`,
    spend(withPart(written.state, slot, task, unansweredFinish), 'lostAnswers'),
    { fault: true, breaches },
  );
  emit(
    `${who} finishes: ${status}; every answer is lost`,
    toFate(unanswered(written.state, slot), fateOf(lost)),
    { fault: true, breaches },
  );
}
