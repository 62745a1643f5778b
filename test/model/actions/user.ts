import type { Change } from '../../../core/changes/change.ts';
import type { Patch } from '../../../core/changes/patch-task.ts';
import { laneOfRow, type TaskRow } from '../../../core/task-row.ts';
import { type ChangeKind, FAR_TICKS, NEAR_TICKS } from '../configurations/configure.ts';
import { NOW_MS, type State, spend, taskAt, USER } from '../state.ts';
import { type Emit, momentIn, nameOf, RETENTION_SECONDS, type World, writeRow } from '../world.ts';
import { withLateWrite } from './late-writes.ts';

/** Users cancel, change, restart and retry tasks: the API reads the row, decides, and writes; nobody counts on it. */
export function userSteps(world: World, state: State, emit: Emit): void {
  if (state.budget.changes === 0) return;
  state.tasks.forEach(({ row }, task) => {
    for (const kind of world.configuration.changes)
      for (const { told, change } of changesOf(world, row, kind))
        if (change.kind === 'write') changeStep(world, state, { task, told, write: change.write }, emit);
  });
}

type Asked = {
  readonly task: number;
  readonly told: string;
  readonly write: (Change & { kind: 'write' })['write'];
};

function changeStep(world: World, state: State, { task, told, write }: Asked, emit: Emit): void {
  const before = spend(state, 'changes');
  const what = `the user’s ${told}`;
  if (world.configuration.slowChanges) {
    const late = { task, by: USER, told: what, write, sends: [] } as const;
    emit(`${what} is decided${nameOf(state, task)}`, withLateWrite(before, late), { fault: true });
    return;
  }
  const written = writeRow(world, before, task, write, USER);
  const { status } = taskAt(written.state, task).row;
  emit(`${what}${nameOf(state, task)}: ${status}`, written.state, {
    fault: true,
    breaches: written.breaches,
  });
}

function changesOf(
  { rules }: World,
  row: TaskRow,
  kind: ChangeKind,
): readonly { readonly told: string; readonly change: Change }[] {
  const terms = { nowMs: NOW_MS, retentionSeconds: RETENTION_SECONDS };
  const patched = (told: string, patch: Patch) => ({ told, change: rules.patchChange(row, patch, NOW_MS) });
  switch (kind) {
    case 'cancel':
      return [{ told: 'cancel', change: rules.cancelChange(row, terms) }];
    case 'retry':
      return [{ told: 'retry by hand', change: rules.retryByHandChange(row, NOW_MS) }];
    case 'restart':
      return [{ told: 'restart', change: rules.restartChange(row, NOW_MS) }];
    case 'priority':
      return [patched('other priority', { priority: laneOfRow(row) === 'high' ? 5 : 3 })];
    case 'reschedule':
      return [
        patched('far due time', { scheduled_at: momentIn(FAR_TICKS) }),
        patched('near due time', { scheduled_at: momentIn(NEAR_TICKS) }),
        patched('due time of now', { scheduled_at: NOW_MS }),
      ];
    case 'deadline':
      return row.deadline === undefined
        ? [patched('new deadline', { deadline: momentIn(FAR_TICKS + NEAR_TICKS) })]
        : [patched('deadline taken away', { deadline: null })];
    case 'tags':
      return [patched('new tags', { tags: ['other'] })];
  }
}
