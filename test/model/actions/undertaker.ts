import type { AttemptResult } from '../../../core/attempt-result.ts';
import type { DeadLetter } from '../../../core/dead-letter.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { putBackSeconds, retryLaterSeconds } from '../../../core/usecases/message-fate.ts';
import { breachesOfBurial, breachesOfDeletion } from '../properties.ts';
import {
  type Burial,
  type Message,
  NOBODY,
  NOW_MS,
  type State,
  spend,
  taskAt,
  ticksOf,
  UNDERTAKER,
} from '../state.ts';
import { type Emit, nameOf, RETENTION_SECONDS, type World, writeRow } from '../world.ts';

/** The dead-letter function, one message at a time: reads the row, then the results, then writes the end. */
export function undertakerSteps(world: World, state: State, emit: Emit): void {
  const { burial } = state;
  if (burial === undefined) {
    takeSteps(world, state, emit);
    return;
  }
  const { task, results } = burial;
  const who = `dead-letter${nameOf(state, task)}`;
  if (state.budget.deaths > 0) emit(`${who} dies`, spend(letGo(state), 'deaths'), { fault: true });
  if (results !== undefined) writeSteps(world, state, { ...burial, results }, who, emit);
  else
    emit(`${who} reads the results`, {
      ...state,
      burial: { ...burial, results: taskAt(state, task).results },
    });
}

function takeSteps(world: World, state: State, emit: Emit): void {
  const index = state.messages.findIndex(({ dead, visibleIn }) => dead && visibleIn === 0);
  const message = state.messages[index];
  if (message === undefined) return;
  const { task, generation } = message;
  const taken = { ...message, holder: UNDERTAKER, visibleIn: world.configuration.visibilityTicks };
  const next = { ...state, messages: state.messages.map((other, at) => (at === index ? taken : other)) };
  look(world, next, { task, generation }, `dead-letter${nameOf(state, task)} reads the row`, emit);
}

function look(
  world: World,
  state: State,
  { task, generation }: Pick<Burial, 'task' | 'generation'>,
  told: string,
  emit: Emit,
): void {
  const { row } = taskAt(state, task);
  const judged = judge(world, { row, generation }, NOW_MS);
  if (judged.kind === 'drop') {
    const next = withoutHeld(state);
    const breaches = breachesOfDeletion(state, next, task, 'dead-letter');
    emit(`${told} and drops the message`, next, { breaches });
  } else if (judged.kind === 'put_back') {
    const seconds = putBackSeconds(judged.untilMs, NOW_MS);
    emit(`${told} and puts the message back (${row.status})`, putBack(state, seconds));
  } else emit(told, { ...state, burial: { task, generation, row, claimableAsRead: true } });
}

function writeSteps(
  world: World,
  state: State,
  burial: Burial & { readonly results: readonly AttemptResult[] },
  who: string,
  emit: Emit,
): void {
  const { task } = burial;
  const before = taskAt(state, task);
  const judged = judge(world, burial, NOW_MS, burial.results);
  if (judged.kind !== 'write') throw new Error(`dead-letter has the results and is told: ${judged.kind}`);
  // The write carries the time of the look: a row written since is claimable only after that.
  const expect = judged.write.expect.map((one) =>
    one.attribute === 'claimable_at' && !burial.claimableAsRead
      ? { ...one, atMost: before.row.claimable_at - 1 }
      : one,
  );
  const written = writeRow(world, state, task, { ...judged.write, expect }, UNDERTAKER);
  if (written.outcome.kind !== 'applied') {
    look(world, { ...state, burial: undefined }, burial, `${who} is refused, reads the row again`, emit);
    return;
  }
  const after = taskAt(written.state, task).row;
  const breaches = [...written.breaches, ...breachesOfBurial(before, after, burial)];
  const fault = { fault: true, breaches };
  const told = `${who} writes ${after.status}`;
  const unconfirmed = putBack(written.state, retryLaterSeconds(1));
  emit(told, withoutHeld(written.state), { breaches });
  if (state.budget.deaths > 0) emit(`${told} and dies`, spend(letGo(written.state), 'deaths'), fault);
  if (state.budget.lostAnswers > 0)
    emit(`${told}, no answer comes`, spend(unconfirmed, 'lostAnswers'), fault);
}

function judge(
  world: World,
  { row, generation }: { readonly row: TaskRow; readonly generation: number },
  nowMs: number,
  results?: readonly AttemptResult[],
): DeadLetter {
  const terms = {
    nowMs,
    retentionSeconds: RETENTION_SECONDS,
    receives: world.configuration.maxReceives ?? 0,
  };
  return world.rules.judgeDeadLetter(row, { task_id: row.task_id, generation }, terms, results);
}

function isHeld({ holder }: Message): boolean {
  return holder === UNDERTAKER;
}

function letGo(state: State): State {
  return {
    ...state,
    burial: undefined,
    messages: state.messages.map((message) => (isHeld(message) ? { ...message, holder: NOBODY } : message)),
  };
}

function withoutHeld(state: State): State {
  return { ...state, burial: undefined, messages: state.messages.filter((message) => !isHeld(message)) };
}

function putBack(state: State, seconds: number): State {
  const visibleIn = ticksOf(seconds);
  const back = (message: Message) => (isHeld(message) ? { ...message, holder: NOBODY, visibleIn } : message);
  return { ...state, burial: undefined, messages: state.messages.map(back) };
}
