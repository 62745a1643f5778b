import { type AcceptedDependency, type AcceptedTask, acceptTask } from '../accept-task.ts';
import { bodyHash } from '../body-hash.ts';
import { judgeDependency } from '../dependencies/judge-dependency.ts';
import { labelNamesOf } from '../labels.ts';
import { netPlaceOf } from '../order.ts';
import type { CacheAnswer } from '../result-cache.ts';
import type { Submission } from '../submission.ts';
import { keyedTaskId } from '../task-id.ts';
import type { TaskRow } from '../task-row.ts';

export interface Acceptance {
  /** Method and path, such as `POST /tasks`. */
  readonly route: string;
  readonly tenant: string;
  readonly idempotencyKey?: string;
  /** The parsed body: an idempotency key belongs to its hash. */
  readonly body: unknown;
  readonly submissions: readonly Submission[];
  /** The name of each submission among them. @default no names */
  readonly refs?: readonly (string | undefined)[];
  /** Places of submissions, dependencies first. @default all together, for none depends on another */
  readonly levels?: readonly (readonly number[])[];
  /** Rows of tasks that submissions depend on, as they were read. @default none */
  readonly known?: ReadonlyMap<string, TaskRow>;
  /** What the cache has for them, by place. @default nothing */
  readonly cached?: ReadonlyMap<number, CacheAnswer>;
}

export interface AcceptTerms {
  readonly nowMs: number;
  readonly newTaskId: () => string;
  /** Shards of the time index. */
  readonly shards: number;
  /** How long ended tasks are kept. */
  readonly retentionSeconds: number;
}

/** A submission's row to be, and the places of the others that it depends on. */
export interface Accepted extends AcceptedTask {
  readonly dependsOn: readonly number[];
}

/** Places of submissions in the order in which they are put. */
export function levelsOf({ submissions, levels }: Acceptance): readonly (readonly number[])[] {
  return levels ?? [submissions.map((_, place) => place)];
}

/**
 * The ids that submissions with an idempotency key get, by place. They come from the order of putting: the first
 * one put depends on no other, and tells whether the rest may go on.
 */
export function keyedIdsOf(acceptance: Acceptance, key: string): ReadonlyMap<number, string> {
  const { route, tenant } = acceptance;
  const order = levelsOf(acceptance).flat();
  return new Map(order.map((place, index) => [place, keyedTaskId({ route, tenant, key, index })]));
}

/** The rows of submissions, in the body's order. */
export function acceptSubmissions(acceptance: Acceptance, terms: AcceptTerms): readonly Accepted[] {
  const { tenant, idempotencyKey: key, body, submissions } = acceptance;
  const keyed = key === undefined ? {} : { bodyHash: bodyHash(body) };
  const ids =
    key === undefined
      ? new Map(submissions.map((_, place) => [place, terms.newTaskId()]))
      : keyedIdsOf(acceptance, key);
  const dependsOn = submissions.map((submission) => placesOf(submission, acceptance));
  const marks = marksOf(acceptance);
  return submissions.map((submission, place) => {
    const taskId = ids.get(place) ?? terms.newTaskId();
    const accepted = acceptTask(submission, {
      taskId,
      tenant,
      nowMs: terms.nowMs,
      ...netPlaceOf({ task_id: taskId, tenant, ...submission }, place, terms.shards),
      ...keyed,
      dependencies: accepting(submission, acceptance, ids),
      marks: marks.get(place) ?? {},
      ...cachedTerms(acceptance.cached?.get(place), terms),
    });
    return { ...labelledFirst(accepted), dependsOn: dependsOn[place] ?? [] };
  });
}

function cachedTerms(answer: CacheAnswer | undefined, { retentionSeconds }: AcceptTerms) {
  return answer === undefined ? {} : { cached: { ...answer, retentionSeconds } };
}

/** Marks a row whose labels are put before it, so that the dispatcher need not. */
function labelledFirst(accepted: AcceptedTask): AcceptedTask {
  const { row } = accepted;
  return labelNamesOf(row).length === 0 ? accepted : { ...accepted, row: { ...row, labelled: true } };
}

function placeOf(ref: string, { refs = [] }: Acceptance): number {
  return refs.indexOf(ref);
}

function placesOf({ dependencies = [] }: Submission, acceptance: Acceptance): readonly number[] {
  return dependencies.flatMap((one) => ('ref' in one ? placeOf(one.ref, acceptance) : []));
}

function accepting(
  { dependencies = [] }: Submission,
  acceptance: Acceptance,
  ids: ReadonlyMap<number, string>,
): readonly AcceptedDependency[] {
  return dependencies.map((one) => {
    const { condition } = one;
    if ('ref' in one)
      return { task_id: ids.get(placeOf(one.ref, acceptance)) ?? '', condition, isMet: false };
    const row = acceptance.known?.get(one.task_id);
    return {
      task_id: one.task_id,
      condition,
      isMet: row !== undefined && judgeDependency(condition, row) === 'met',
    };
  });
}

/** Submissions that others of the same batch depend on are marked from the beginning: that saves their mark. */
function marksOf(acceptance: Acceptance) {
  const marks = new Map<number, Pick<TaskRow, 'has_dependents' | 'has_start_dependents'>>();
  for (const { dependencies = [] } of acceptance.submissions) {
    for (const one of dependencies) {
      if (!('ref' in one)) continue;
      const place = placeOf(one.ref, acceptance);
      const start = one.condition === 'start' ? { has_start_dependents: true } : {};
      marks.set(place, { ...marks.get(place), has_dependents: true, ...start });
    }
  }
  return marks;
}
