import type * as z from 'zod';
import type { TypeDefaults } from './task-view.ts';

/** What submitting and showing a task needs to know of its type. */
export interface TaskType extends TypeDefaults {
  /** The payload's schema; it must check without waiting for anything. */
  readonly input: z.core.$ZodType;
}

/** The task types of a deployment, by name. */
export type FindTaskType = (type: string) => TaskType | undefined;
