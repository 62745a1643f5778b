import { orderBatch } from '../batch-order.ts';
import { batchFrameSchema } from '../contract/batch-schema.ts';
import { type Checked, checkInput } from '../contract/input-errors.ts';
import { dependencyCycle, type InputError } from '../errors.ts';
import type { Pool } from '../pool.ts';
import type { Submission } from '../submission.ts';
import type { FindTaskType } from '../task-types.ts';
import { type ParsedMember, parseMember } from './parse-submission.ts';

/** A valid batch, in the body's order, and how it is put. */
export interface ParsedBatch {
  readonly submissions: readonly Submission[];
  /** The name of each member within the batch. */
  readonly refs: readonly (string | undefined)[];
  /** Places of members, dependencies first: those of a level depend only on members of levels before it. */
  readonly levels: readonly (readonly number[])[];
}

/** The submissions of a batch, or all that is wrong with any of them. Throws `dependency_cycle`. */
export function parseBatch(
  body: unknown,
  findTaskType: FindTaskType,
  pools: readonly Pool[],
): Checked<ParsedBatch> {
  const frame = checkInput(batchFrameSchema, body);
  if (!frame.ok) return frame;
  const { tasks } = frame.value;
  const members = tasks.map((task, index) => parseMember(task, `/tasks/${index}`, findTaskType, pools));
  const places = placesByRef(tasks);
  const errors = members.flatMap((member, index) => [
    ...(member.ok ? unknownRefs(member.value, index, places) : member.errors),
    ...repeatedRef(tasks[index], index, places),
  ]);
  if (errors.length > 0) return { ok: false, errors };

  const parsed = members.flatMap((member) => (member.ok ? [member.value] : []));
  const order = orderBatch(parsed.map(({ submission }) => dependsOn(submission, places)));
  const refs = parsed.map(({ ref }) => ref);
  if (order.kind === 'cycle') throw cycleOf(order.path, refs);
  return {
    ok: true,
    value: { submissions: parsed.map(({ submission }) => submission), refs, levels: order.levels },
  };
}

/** Where each ref is first given, also by members that are wrong in other ways. */
function placesByRef(tasks: readonly unknown[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  tasks.forEach((task, index) => {
    const ref = refOf(task);
    if (ref !== undefined && !places.has(ref)) places.set(ref, index);
  });
  return places;
}

function refOf(task: unknown): string | undefined {
  if (typeof task !== 'object' || task === null) return undefined;
  const { ref } = task as { readonly ref?: unknown };
  return typeof ref === 'string' ? ref : undefined;
}

function repeatedRef(
  task: unknown,
  index: number,
  places: ReadonlyMap<string, number>,
): readonly InputError[] {
  const ref = refOf(task);
  const first = ref === undefined ? index : places.get(ref);
  if (first === index) return [];
  const message = `the ref "${ref}" is that of member ${first} already; give each its own`;
  return [{ path: `/tasks/${index}/ref`, message }];
}

function unknownRefs(
  { submission: { dependencies = [] } }: ParsedMember,
  index: number,
  places: ReadonlyMap<string, number>,
): readonly InputError[] {
  return dependencies.flatMap((dependency, at) => {
    if (!('ref' in dependency) || places.has(dependency.ref)) return [];
    const message = `no member of the batch has the ref "${dependency.ref}"`;
    return [{ path: `/tasks/${index}/dependencies/${at}/ref`, message }];
  });
}

function dependsOn(
  { dependencies = [] }: Submission,
  places: ReadonlyMap<string, number>,
): readonly number[] {
  return dependencies.flatMap((dependency) =>
    'ref' in dependency ? (places.get(dependency.ref) ?? []) : [],
  );
}

function cycleOf(path: readonly number[], refs: readonly (string | undefined)[]) {
  const names = path.map((place) => refs[place] ?? String(place));
  const message = `it waits for itself: ${names.join(' -> ')}`;
  return dependencyCycle(
    names,
    [...new Set(path)].map((place) => ({ path: `/tasks/${place}`, message })),
  );
}
