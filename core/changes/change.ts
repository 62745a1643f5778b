import type { RowWrite } from '../row-write.ts';
import type { TaskStatus } from '../status.ts';
import type { TaskRow } from '../task-row.ts';

/**
 * What somebody's wish to change a task comes to, by the row as it was read: a write that holds only for that
 * very row, nothing because it is so already, or a refusal because its state does not allow it.
 */
export type Change =
  | { readonly kind: 'write'; readonly write: RowWrite }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly status: TaskStatus; readonly rule: string };

export interface ChangeTerms {
  readonly nowMs: number;
  /** How long an ended task is kept. */
  readonly retentionSeconds: number;
}

/**
 * The expectation that a row is the one that was read: each change of state and each PATCH raises `version`, and a
 * sweep that gives a due time to the lane, which callers do not see, raises `generation`.
 */
export function asRead(row: TaskRow) {
  return [
    { attribute: 'version', equals: row.version },
    { attribute: 'generation', equals: row.generation },
  ] as const;
}

/** A refusal by the row's state; `rule` says what would be allowed. */
export function refused(row: TaskRow, rule: string): Extract<Change, { kind: 'refused' }> {
  return { kind: 'refused', status: row.status, rule };
}
