import type { Change } from '../../../../core/changes/change.ts';
import type { TaskRow } from '../../../../core/task-row.ts';
import type { UserChange } from '../configurations.ts';
import { NOW_MS, type OrderState, taskAt } from '../state.ts';
import { type OrderEmit, type OrderWorld, RETENTION_SECONDS, writeRow } from '../world.ts';

/** Users change T1; nobody counts on it. */
export function userSteps(world: OrderWorld, state: OrderState, emit: OrderEmit): void {
  const { row } = taskAt(state, 0);
  if (row === undefined) return;
  for (const kind of state.changes) {
    const change = changeOf(world, row, kind);
    if (change.kind !== 'write') continue;
    const left = { ...state, changes: state.changes.filter((other) => other !== kind) };
    const written = writeRow(world, left, 0, change.write);
    emit(`the user's ${kind} of T1`, written.state, { fault: true });
  }
}

function changeOf({ rules }: OrderWorld, row: TaskRow, kind: UserChange): Change {
  switch (kind) {
    case 'cancel':
      return rules.cancelChange(row, { nowMs: NOW_MS, retentionSeconds: RETENTION_SECONDS });
    case 'retry':
      return rules.retryByHandChange(row, NOW_MS);
    case 'restart':
      return rules.restartChange(row, NOW_MS);
    case 'reschedule':
      return rules.patchChange(row, { scheduled_at: NOW_MS + 600_000 }, NOW_MS);
  }
}
