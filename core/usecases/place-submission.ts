import { AGENT_TYPE } from '../agents/mailbox.ts';
import type { Checked } from '../contract/input-errors.ts';
import { jsonPointer } from '../contract/json-pointer.ts';
import type { InputError } from '../errors.ts';
import { isOrdered } from '../order.ts';
import { choosePool, type Excess, limitsOf, type Pool, type PoolChoice } from '../pool.ts';
import { requirementsOf } from '../requirements.ts';
import type { Submission } from '../submission.ts';
import { defaultsOf, type FindTaskType } from '../task-types.ts';
import { timeoutSecondsOf } from '../task-view.ts';

/**
 * A valid submission with its executor pool, and so the submissions within it; or which of their needs no pool meets:
 * one order has one queue, so ordered tasks all run in the smallest. `base` is where it stands in the body.
 */
export function placeSubmission(
  submission: Submission,
  base: string,
  findTaskType: FindTaskType,
  pools: readonly Pool[],
): Checked<Submission> {
  const errors: InputError[] = [];
  const placed = (one: Submission, path: string): Submission => {
    const choice = choiceOf(one, findTaskType, pools);
    if (choice.kind === 'chosen') return choice.name === undefined ? one : { ...one, pool: choice.name };
    errors.push(...excessErrors(choice, path, isOrdered(one)));
    return one;
  };
  const { compensation, fallback } = submission;
  const value: Submission = {
    ...placed(submission, base),
    ...(compensation === undefined
      ? {}
      : { compensation: placed(compensation, jsonPointer(base, ['compensation'])) }),
    ...(fallback === undefined || 'value' in fallback
      ? {}
      : { fallback: { task: placed(fallback.task, jsonPointer(base, ['fallback', 'task'])) } }),
  };
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value };
}

/** What agents claim, no executor runs: their needs are for the agents to meet. */
function choiceOf(submission: Submission, findTaskType: FindTaskType, pools: readonly Pool[]): PoolChoice {
  if (submission.type === AGENT_TYPE) return { kind: 'chosen' };
  const defaults = defaultsOf(findTaskType, submission.type);
  const timeout_seconds = timeoutSecondsOf(submission, defaults);
  const own = isOrdered(submission) ? pools.slice(0, 1) : pools;
  return choosePool({ ...requirementsOf(submission, defaults), timeout_seconds }, own);
}

function excessErrors(
  { largest, excess }: PoolChoice & { kind: 'none' },
  base: string,
  isOfOrder: boolean,
): InputError[] {
  const limits = Object.entries(limitsOf(largest)).map(([name, limit]) => `${name} ${limit}`);
  const whose = isOfOrder ? 'the pool of all tasks with an ordering_key' : 'any executor pool';
  const which = isOfOrder ? 'that' : 'the largest';
  return excess.map(({ name, asked, limit }) => ({
    path: jsonPointer(base, placeOf(name)),
    message: `${asked} is more than ${whose} gives (${limit}); ${which}, ${largest.name}, gives a task ${limits.join(', ')}`,
  }));
}

function placeOf(name: Excess['name']): readonly string[] {
  return name === 'timeout_seconds' ? [name] : ['requirements', name];
}
