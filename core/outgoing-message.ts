import { fairnessGroupOf } from './fairness.ts';
import { isOrdered, orderGroupOf } from './order.ts';
import type { OutgoingMessage } from './ports.ts';
import { ORDERED_QUEUE, queueNameOf } from './queue-name.ts';
import { laneOfRow, type TaskRow } from './task-row.ts';

/** The lane message of a row's present generation, to be handed out after so many seconds. */
export function outgoingMessageOf(row: TaskRow, delaySeconds: number): OutgoingMessage {
  const queue = queueNameOf(row);
  const common = { task_id: row.task_id, generation: row.generation, lane: laneOfRow(row), queue };
  if (queue === ORDERED_QUEUE) return { ...common, group: orderGroupOf(row), delaySeconds: 0 };
  return {
    ...common,
    group: fairnessGroupOf(row),
    delaySeconds,
    ...(isOrdered(row) ? { wake: true } : {}),
  };
}
