import type { TaskRow } from '../task-row.ts';

/**
 * The members of `waiting_on`. A dependency that is open is there by its index (`3`). Whoever puts dependencies
 * holds the task until all is in place (`h` for a submission or a manual retry, `h3` for one put later), each with
 * a hold of its own: removing another's would leave its dependencies with nobody who sees to them. A task that
 * waits for its fallback task has that one's index (`f3`).
 */
export const SUBMISSION_HOLD = 'h';

export function memberOf(index: number): string {
  return String(index);
}

export function holdOf(index: number): string {
  return `h${index}`;
}

export function fallbackMemberOf(index: number): string {
  return `f${index}`;
}

export function isHold(member: string): boolean {
  return member.startsWith('h');
}

/** The holds on a row. */
export function holdsOf({ waiting_on = [] }: Pick<TaskRow, 'waiting_on'>): readonly string[] {
  return waiting_on.filter(isHold);
}

/** The index of the fallback task that the row waits for, if it does. */
export function fallbackIndexOf({ waiting_on = [] }: Pick<TaskRow, 'waiting_on'>): number | undefined {
  const member = waiting_on.find((one) => one.startsWith('f'));
  return member === undefined ? undefined : Number(member.slice(1));
}

/** Whether the row waits for its fallback task, which nobody adds to or takes from. */
export function waitsForFallback(row: Pick<TaskRow, 'waiting_on'>): boolean {
  return fallbackIndexOf(row) !== undefined;
}

/** What is left of a row's `waiting_on` without some members. */
export function withoutMembers(
  { waiting_on = [] }: Pick<TaskRow, 'waiting_on'>,
  members: readonly string[],
): readonly string[] {
  return waiting_on.filter((member) => !members.includes(member));
}
