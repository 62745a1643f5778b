import type { TaskRow } from '../task-row.ts';
import type { Condition, NamedDependency } from './condition.ts';
import { memberOf } from './members.ts';

/**
 * A dependency of a task. Its index is never given twice to that task: one that is removed leaves a hole, a manual
 * retry takes new ones. So whoever acts late on what is gone by now finds nothing that it could harm.
 */
export interface Dependency extends NamedDependency {
  readonly index: number;
}

const LETTERS = { success: 's', completion: 'c', start: 'b' } as const satisfies Record<Condition, string>;

const CONDITION_OF_LETTER = new Map<string, Condition>(
  Object.entries(LETTERS).map(([condition, letter]) => [letter, condition as Condition]),
);

/** A dependency as the row stores it: index, the condition's letter, the task; some 45 bytes (`0s task-018f…`). */
export function encodeDependency({ index, condition, task_id }: Dependency): string {
  return `${index}${LETTERS[condition]} ${task_id}`;
}

/** The dependencies of a row, in the order in which they were named. */
export function dependenciesOf(row: Pick<TaskRow, 'dependencies'>): readonly Dependency[] {
  return (row.dependencies ?? []).map((text) => {
    const space = text.indexOf(' ');
    const condition = CONDITION_OF_LETTER.get(text.charAt(space - 1));
    if (condition === undefined) throw new TypeError(`"${text}" is no stored dependency`);
    return { index: Number.parseInt(text, 10), condition, task_id: text.slice(space + 1) };
  });
}

/** The dependencies that are still open. */
export function openDependenciesOf(row: Pick<TaskRow, 'dependencies' | 'waiting_on'>): readonly Dependency[] {
  if (row.waiting_on === undefined) return [];
  const open = new Set(row.waiting_on);
  return dependenciesOf(row).filter(({ index }) => open.has(memberOf(index)));
}

/** Named dependencies, with indexes that the task has never had. */
export function withIndexes(named: readonly NamedDependency[], nextIndex: number): readonly Dependency[] {
  return named.map(({ task_id, condition }, place) => ({ task_id, condition, index: nextIndex + place }));
}
