import type * as z from 'zod';
import type { TypeDefaults } from './task-view.ts';

/** What submitting and showing a task needs to know of its type. */
export interface TaskType extends TypeDefaults {
  /** The payload's schema; it must check without waiting for anything. */
  readonly input: z.core.$ZodType;
  /** Of the handler. @default 1 */
  readonly version?: number;
}

/** The task types of a deployment, by name. */
export type FindTaskType = (type: string) => TaskType | undefined;

/** What a type sets where the submission is silent; nothing for one that is no longer there. */
export function defaultsOf(findTaskType: FindTaskType, type: string): TypeDefaults {
  return findTaskType(type) ?? {};
}
