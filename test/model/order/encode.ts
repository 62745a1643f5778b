import { isEnded, TASK_STATUSES } from '../../../core/status.ts';
import { lifeOf, type TaskRow } from '../../../core/task-row.ts';
import { type Executor, isLater, NOW_MS, type OrderState, type OrderTask } from './state.ts';

/** A text for a state: the same for the same state. What no decision reads has no place in it. */
export function keyOf(state: OrderState): string {
  const { tasks, unsubmitted, submissions, messages, deadLetters, recent, executors, budget, changes } =
    state;
  return [
    tasks.map(codeOfTask).join(),
    unsubmitted.join(''),
    submissions.map(({ tasks: members, sent }) => `${members.join('')}.${sent}`).join(),
    messages
      .map(
        ({ task, generation, queue, wakes, isVisible, holder, receives }) =>
          `${task}.${generation}${queue.charAt(0)}${Number(wakes)}${Number(isVisible)}${holder}.${receives}`,
      )
      .join(),
    deadLetters.map(({ task, generation }) => `${task}.${generation}`).join(),
    recent.join(),
    executors.map(codeOfExecutor).join(),
    Object.values(budget).join(''),
    changes.join(),
  ].join('|');
}

function codeOfTask({ row, isAnswered, isBehind, hasLeftPlace, records }: OrderTask): string {
  const flags = Number(isAnswered) + 2 * Number(isBehind) + 4 * Number(hasLeftPlace);
  const sends = records.map(({ generation, queue }) => `${generation}${queue.charAt(0)}`).join('');
  return `${row === undefined ? '-' : codeOfRow(row)}/${flags}/${sends}`;
}

function codeOfRow(row: TaskRow): string {
  const { status, attempt, generation, failures, released, timer_at } = row;
  const life = lifeOf(row);
  const timer = timer_at === undefined ? '' : timer_at - NOW_MS;
  return [
    TASK_STATUSES.indexOf(status),
    attempt,
    generation,
    failures,
    released,
    isEnded(status) ? 'e' : Number(isLater(row)),
    timer,
    Number(row.cancel_requested === true),
    `${life.attempt}${life.failures}${life.released}`,
  ].join(' ');
}

/** What an executor is at, whichever slot it has. */
export function codeOfExecutor(executor: Executor | undefined): string {
  if (executor === undefined) return '';
  const { batch, at, phase, row } = executor;
  const works = batch.map(({ task, generation }) => `${task}.${generation}`).join('+');
  const claimed = row === undefined ? '' : `${row.attempt}.${row.failures}.${row.released}.${row.generation}`;
  return `${works}@${at}${phase.charAt(0)}${claimed}`;
}
