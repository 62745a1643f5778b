import type { AttemptResult } from '../attempt-result.ts';
import { judgeDeadLetter } from '../dead-letter.ts';
import type { Clock, MessageHolder, ReceivedMessage, ResultStore, TaskStore } from '../ports.ts';
import { FATE_ACKNOWLEDGE, type Fate, putBackSeconds, retryLaterSeconds } from './message-fate.ts';

export interface BuryDeps {
  readonly tasks: Pick<TaskStore, 'read' | 'write'>;
  readonly results: Pick<ResultStore, 'ofTask'>;
  readonly messages: MessageHolder;
  readonly clock: Clock;
  readonly retentionSeconds: number;
}

export interface BuryReport {
  /** Ids of the messages that stay in the dead-letter queue for now. */
  readonly failedMessageIds: readonly string[];
  /** Tasks that were ended here. */
  readonly endedTaskIds: readonly string[];
}

/** Looks at one dead letter until a look's write is applied or nothing is to be written. */
const MAX_LOOKS = 3;

/** Ends the tasks whose messages their lane gave up, unless somebody else has them in hand. */
export async function buryDeadLetters(
  deps: BuryDeps,
  messages: readonly ReceivedMessage[],
): Promise<BuryReport> {
  const buried = await Promise.all(
    messages.map(async (message) => ({ message, ...(await bury(deps, message)) })),
  );
  const back = buried.flatMap(({ message, fate }) =>
    fate.kind === 'put_back'
      ? [{ receiptHandle: message.receiptHandle, delaySeconds: fate.delaySeconds }]
      : [],
  );
  if (back.length > 0) await deps.messages.putBack(back);
  return {
    failedMessageIds: buried
      .filter(({ fate }) => fate.kind !== 'acknowledge')
      .map(({ message }) => message.messageId),
    endedTaskIds: buried.filter(({ ended }) => ended).map(({ message }) => message.task_id),
  };
}

interface Buried {
  readonly fate: Fate;
  readonly ended: boolean;
}

async function bury(deps: BuryDeps, message: ReceivedMessage): Promise<Buried> {
  const later = {
    fate: { kind: 'put_back', delaySeconds: retryLaterSeconds(message.receives) },
    ended: false,
  } as const;
  try {
    return (await look(deps, message)) ?? later;
  } catch {
    return later;
  }
}

/** Undefined when the row changed at every look, or the write was not confirmed. */
async function look(deps: BuryDeps, message: ReceivedMessage): Promise<Buried | undefined> {
  let row = await deps.tasks.read(message.task_id);
  let results: readonly AttemptResult[] | undefined;
  for (let looks = 0; looks < MAX_LOOKS; ) {
    const nowMs = deps.clock.nowMs();
    const terms = { nowMs, retentionSeconds: deps.retentionSeconds, receives: message.receives };
    const judged = judgeDeadLetter(row, message, terms, results);
    switch (judged.kind) {
      case 'drop':
        return { fate: FATE_ACKNOWLEDGE, ended: false };
      case 'put_back':
        return {
          fate: { kind: 'put_back', delaySeconds: putBackSeconds(judged.untilMs, nowMs) },
          ended: false,
        };
      case 'read_results':
        results = await deps.results.ofTask(message.task_id);
        break;
      case 'write': {
        const [outcome] = await deps.tasks.write([judged.write]);
        if (outcome?.kind === 'applied') return { fate: FATE_ACKNOWLEDGE, ended: true };
        if (outcome?.kind !== 'refused') return undefined;
        row = outcome.row;
        results = undefined;
        looks += 1;
        break;
      }
    }
  }
  return undefined;
}
