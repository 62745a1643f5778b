import * as z from 'zod';
import { CONDITIONS, DEFAULT_CONDITION } from '../dependencies/condition.ts';
import { idSchema, taskIdSchema } from './identifiers.ts';
import { LIMITS } from './limits.ts';

const condition = z.enum(CONDITIONS).meta({
  description:
    '`success`: it completed; `completion`: it ended in whatever way; `start`: its first attempt began.',
});
const conditionInput = condition.exactOptional().meta({ default: DEFAULT_CONDITION });

/** A dependency as a task shows it. */
export const dependencySchema = z.strictObject({ task_id: taskIdSchema, condition });

/** What a caller sends to put one dependency. */
export const dependencyChangeSchema = z.strictObject({ condition: conditionInput });

/** Dependencies of a submission. */
export const dependenciesSchema = z
  .array(z.strictObject({ task_id: idSchema, condition: conditionInput }))
  .max(LIMITS.dependencies)
  .check(namedOnce)
  .meta({ description: 'The task waits until all of them are met.' });

/** Dependencies of a member of a batch: also on other members, by their `ref`. */
export const memberDependenciesSchema = z
  .array(
    z
      .strictObject({
        task_id: idSchema.exactOptional(),
        ref: idSchema.exactOptional(),
        condition: conditionInput,
      })
      .refine(
        ({ task_id, ref }) => (task_id === undefined) !== (ref === undefined),
        'a dependency names either a task_id or a ref',
      ),
  )
  .max(LIMITS.dependencies)
  .check(namedOnce)
  .meta({
    description: 'On tasks, or on members of the batch by their `ref`; the task waits until all are met.',
  });

/** What a caller may send to put a dependency. */
export type DependencyChangeInput = z.input<typeof dependencyChangeSchema>;

interface NamedOnce {
  readonly task_id?: string;
  readonly ref?: string;
}

/** No task, and no ref, is named twice in a list. */
function namedOnce({ value, issues }: z.core.ParsePayload<readonly NamedOnce[]>): void {
  const seen = new Set<string>();
  for (const [index, { task_id, ref = '' }] of value.entries()) {
    const [field, name] = task_id === undefined ? (['ref', ref] as const) : (['task_id', task_id] as const);
    const key = `${field} ${name}`;
    if (seen.has(key)) {
      issues.push({ code: 'custom', path: [index, field], message: `${name} is named twice`, input: name });
    }
    seen.add(key);
  }
}
