import { MAX_DELAY_SECONDS } from '../../../core/lane-delay.ts';
import { type Send, type State, spend, taskAt, ticksOf, withMessage, withTask } from '../state.ts';
import { type Emit, momentIn, nameOf, sendsOf, type World } from '../world.ts';

/** The API's express send, the dispatcher on the stream's records, and the redo queue. */
export function dispatcherSteps(world: World, state: State, emit: Emit): void {
  state.tasks.forEach((_, task) => {
    expressSteps(state, task, emit);
    streamSteps(world, state, task, emit);
    redoSteps(world, state, task, emit);
  });
}

function expressSteps(state: State, task: number, emit: Emit): void {
  const { expressPending, row } = taskAt(state, task);
  if (!expressPending) return;
  const answered = withTask(state, task, { expressPending: false });
  const name = nameOf(state, task);
  emit(
    `the API sends the express message${name}`,
    withMessage(answered, { task, generation: row.generation }),
  );
  if (state.budget.deaths > 0)
    emit(`the API dies before the express send${name}`, spend(answered, 'deaths'), { fault: true });
}

function streamSteps(world: World, state: State, task: number, emit: Emit): void {
  const [record, ...records] = taskAt(state, task).records;
  if (record === undefined) return;
  const name = nameOf(state, task);
  const read = withTask(state, task, { records });
  const what = `generation ${record.generation}`;
  emit(`the dispatcher sends ${what}${name}`, sent(world, read, task, record));
  if (state.budget.duplicates > 0)
    emit(
      `the dispatcher sends ${what} and dies; the record comes again${name}`,
      spend(sent(world, state, task, record), 'duplicates'),
      { fault: true },
    );
  if (state.budget.failingRecords > 0)
    emit(
      `the record of ${what} keeps failing and goes to redo${name}`,
      spend(withTask(read, task, { redo: true }), 'failingRecords'),
      { fault: true },
    );
}

function redoSteps(world: World, state: State, task: number, emit: Emit): void {
  const { redo, row } = taskAt(state, task);
  if (!redo) return;
  const sends = sendsOf(world.rules.redoFollowUps(row));
  const next = sends.reduce((before, send) => sent(world, before, task, send), state);
  const what = sends.length === 0 ? 'nothing to do' : `sends generation ${row.generation}`;
  const told = `redo reads the row (${row.status}): ${what}`;
  emit(`${told}${nameOf(state, task)}`, withTask(next, task, { redo: false }));
  if (state.budget.duplicates > 0 && sends.length > 0)
    emit(`${told}; the entry comes again${nameOf(state, task)}`, spend(next, 'duplicates'), { fault: true });
}

/** The state with the message in its lane; SQS refuses a delay that is too long, and the message is nowhere. */
export function sent(world: World, state: State, task: number, send: Send): State {
  const dispatcherNowMs = momentIn(-world.configuration.skewTicks);
  const delaySeconds = world.rules.sendDelaySeconds(send, dispatcherNowMs);
  if (delaySeconds > MAX_DELAY_SECONDS) return state;
  return withMessage(state, { task, generation: send.generation, visibleIn: ticksOf(delaySeconds) });
}
