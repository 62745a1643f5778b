import { judgeWake } from '../changes/wake-task.ts';
import type { Clock, MessageHolder, ReceivedMessage, TaskStore } from '../ports.ts';
import { type Fates, groupByTask } from './claim-batch.ts';
import { putBackAll } from './execute-batch.ts';
import { FATE_ACKNOWLEDGE, type Fate, putBackSeconds, retryLaterSeconds } from './message-fate.ts';

export interface WakeDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  readonly messages: MessageHolder;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/**
 * Queues the ordered tasks whose time has come, by their messages in a lane; the dispatcher gives them their places.
 * Returns the ids of the messages that are not to be deleted.
 */
export async function wakeOrdered(
  deps: WakeDeps,
  messages: readonly ReceivedMessage[],
): Promise<readonly string[]> {
  if (messages.length === 0) return [];
  const groups = groupByTask(messages);
  const rows = await deps.tasks.readAll(groups.map(({ message }) => message.task_id));
  const nowMs = deps.clock.nowMs();
  const judged = groups.map((group) => ({
    group,
    wake: judgeWake(rows.get(group.message.task_id), group.message, nowMs),
  }));
  const writes = judged.flatMap(({ wake }) => (wake.kind === 'write' ? [wake.write] : []));
  const outcomes = (writes.length === 0 ? [] : await deps.tasks.write(writes)).values();

  const fates: Fates = new Map();
  for (const { group, wake } of judged) {
    const isWritten = wake.kind === 'write' && outcomes.next().value?.kind === 'applied';
    fates.set(group, isWritten ? FATE_ACKNOWLEDGE : fateOf(wake, group.message, nowMs));
  }
  await putBackAll(deps, fates);
  const kept = [...fates].filter(([, fate]) => fate.kind !== 'acknowledge');
  return kept.flatMap(([group]) => group.all.map(({ messageId }) => messageId));
}

/** A write that was refused or not confirmed is judged anew, by the row as it is then. */
function fateOf(wake: ReturnType<typeof judgeWake>, message: ReceivedMessage, nowMs: number): Fate {
  switch (wake.kind) {
    case 'acknowledge':
      return FATE_ACKNOWLEDGE;
    case 'put_back':
      return { kind: 'put_back', delaySeconds: putBackSeconds(wake.untilMs, nowMs) };
    case 'write':
      return { kind: 'put_back', delaySeconds: retryLaterSeconds(message.receives) };
  }
}
