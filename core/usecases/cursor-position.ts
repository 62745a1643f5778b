import { type CursorScope, openCursor } from '../cursor.ts';
import { validationFailed } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** The keys that sign cursors, the one that signs new ones first. */
export interface CursorKeys {
  /** `fresh`: read anew, for a cursor that none of the known ones has signed. */
  read(options?: { readonly fresh: boolean }): Promise<readonly string[]>;
}

export interface CursorDeps {
  readonly cursorKeys: CursorKeys;
  readonly clock: Clock;
}

/** The position in a cursor. Throws `validation_failed` for one that is not of this very list. */
export async function positionIn(deps: CursorDeps, scope: CursorScope, cursor: string): Promise<string> {
  const nowMs = deps.clock.nowMs();
  const position =
    openCursor(scope, cursor, nowMs, await deps.cursorKeys.read()) ??
    openCursor(scope, cursor, nowMs, await deps.cursorKeys.read({ fresh: true }));
  if (position !== undefined) return position;
  const message = 'the cursor is not of this list, with these filters and this caller, or older than a day';
  throw validationFailed([{ path: '/cursor', message }]);
}
