/** When a dependency is met: its task completed, ended in whatever way, or started its first attempt. */
export const CONDITIONS = ['success', 'completion', 'start'] as const;

export type Condition = (typeof CONDITIONS)[number];

export const DEFAULT_CONDITION: Condition = 'success';

/** What a task waits for, as a caller names it. */
export interface NamedDependency {
  readonly task_id: string;
  readonly condition: Condition;
}
