import {
  nameOf,
  type OrderState,
  type Submission,
  spend,
  type TaskIndex,
  taskAt,
  withTask,
} from '../state.ts';
import { acceptedRow, type OrderEmit, type OrderWorld, sent, withRow } from '../world.ts';

/** The API: puts rows, sends their messages in their order, answers; and may die in between. */
export function apiSteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  submitSteps(world, state, emit);
  for (const submission of state.submissions) sendSteps(world, state, submission, emit);
  replaySteps(world, state, emit);
}

function submitSteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  const [next] = state.unsubmitted;
  if (next === undefined) return;
  const members = world.configuration.isBatch ? state.unsubmitted : [next];
  let put: OrderState = { ...state, unsubmitted: state.unsubmitted.slice(members.length) };
  for (const [place, task] of members.entries()) {
    const isBehind = comesBehind(world, state, task);
    put = withTask(withRow(world, put, task, acceptedRow(world, task, place)), task, { isBehind });
  }
  emit(`the API puts ${members.map(nameOf).join(' and ')}`, working(put, { tasks: members, sent: 0 }));
}

/** Whether a task is accepted behind T1, whose key it has. */
function comesBehind({ configuration }: OrderWorld, state: OrderState, task: TaskIndex): boolean {
  const { keys, isBatch } = configuration;
  return task > 0 && keys[task] === keys[0] && (isBatch || taskAt(state, 0).isAnswered);
}

function sendSteps(world: OrderWorld, state: OrderState, submission: Submission, emit: OrderEmit): void {
  const gone = { ...state, submissions: state.submissions.filter((other) => other !== submission) };
  const open = submission.tasks.slice(submission.sent);
  const all = submission.tasks.map(nameOf).join(' and ');
  if (state.budget.apiDeaths > 0)
    emit(`the API dies at work on ${all}`, spend(gone, 'apiDeaths'), { fault: true });
  const [task] = open;
  if (task === undefined) {
    emit(`the API answers for ${all}`, answered(gone, submission.tasks));
    return;
  }
  const next = { ...submission, sent: submission.sent + 1 };
  const { row } = taskAt(state, task);
  if (row === undefined || !world.rules.isSentByApi(row)) {
    emit(`the API has nothing to send of ${nameOf(task)}`, working(gone, next));
    return;
  }
  const send = { generation: row.generation, queue: 'ordered', wakes: false };
  emit(`the API sends ${nameOf(task)}`, working(sent(world, gone, task, send), next));
  if (state.budget.lostSends === 0) return;
  const { acceptsUnsent, sendsBehindUnsent } = world.rules;
  const stop = (after: OrderState): OrderState => {
    const stopped = acceptsUnsent ? answered(after, submission.tasks) : after;
    return spend(sendsBehindUnsent ? working(after, next) : stopped, 'lostSends');
  };
  emit(`SQS does not take ${nameOf(task)} of the API`, stop(gone), { fault: true });
  emit(`the API sends ${nameOf(task)}, no answer comes`, stop(sent(world, gone, task, send)), {
    fault: true,
  });
}

/** T1 is submitted once more, with its key. */
function replaySteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  if (state.budget.replays === 0 || world.configuration.isBatch) return;
  if (taskAt(state, 0).row === undefined) return;
  emit('the client repeats T1', working(spend(state, 'replays'), { tasks: [0], sent: 0 }), { fault: true });
}

function working(state: OrderState, submission: Submission): OrderState {
  const submissions = [...state.submissions, submission].sort(
    (a, b) => (a.tasks[0] ?? 0) - (b.tasks[0] ?? 0) || a.sent - b.sent,
  );
  return { ...state, submissions };
}

function answered(state: OrderState, tasks: readonly TaskIndex[]): OrderState {
  return tasks.reduce((before, task) => withTask(before, task, { isAnswered: true }), state);
}
