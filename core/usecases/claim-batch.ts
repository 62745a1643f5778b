import { claimWrite } from '../claim.ts';
import type { Clock, ReceivedMessage, TaskStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';
import { type Fate, judgeClaim } from './message-fate.ts';

/** Several messages of one task share one claim and one fate. */
export interface MessageGroup {
  readonly message: ReceivedMessage;
  readonly all: readonly ReceivedMessage[];
}

/** A task in hand. */
export interface Claimed {
  readonly group: MessageGroup;
  readonly row: TaskRow;
  readonly claimSentAtMs: number;
}

export interface ClaimDeps {
  readonly tasks: Pick<TaskStore, 'write'>;
  readonly clock: Clock;
  readonly newLeaseId: () => string;
  readonly leaseMs: number;
}

/** What becomes of each group of messages. */
export type Fates = Map<MessageGroup, Fate>;

/**
 * One claim a row, with the highest generation among its messages: with a lower one the claim would be
 * refused as old, and the message that the task lives on acknowledged along with it.
 */
export function groupByTask(messages: readonly ReceivedMessage[]): MessageGroup[] {
  const byTask = new Map<string, ReceivedMessage[]>();
  for (const message of messages) {
    const same = byTask.get(message.task_id);
    if (same === undefined) byTask.set(message.task_id, [message]);
    else same.push(message);
  }
  return [...byTask.values()].map((all) => ({
    all,
    message: all.reduce((best, next) => (next.generation > best.generation ? next : best)),
  }));
}

/** Claims the tasks of a batch by one call; a group whose claim is refused has its fate noted. */
export async function claimAll(
  deps: ClaimDeps,
  groups: readonly MessageGroup[],
  fates: Fates,
): Promise<Claimed[]> {
  const leaseId = deps.newLeaseId();
  const claimSentAtMs = deps.clock.monotonicMs();
  const terms = { nowMs: deps.clock.nowMs(), leaseMs: deps.leaseMs, leaseId };
  const outcomes = await deps.tasks.write(groups.map((group) => claimWrite(group.message, terms)));

  return groups.flatMap((group, index) => {
    const verdict = judgeClaim(outcomes[index], group.message, leaseId, deps.clock.nowMs());
    if (verdict.kind === 'claimed') return [{ group, row: verdict.row, claimSentAtMs }];
    fates.set(group, verdict.fate);
    return [];
  });
}
