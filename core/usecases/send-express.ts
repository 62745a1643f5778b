import { isExpress } from '../follow-up.ts';
import type { LaneSender } from '../ports.ts';
import { queueNameOf } from '../queue-name.ts';
import { laneOfRow, type TaskRow } from '../task-row.ts';

/**
 * The express path of `critical`, for whoever has just put rows: sends the messages of those that take it, and tells
 * the tasks whose message was not sent. Those are only slower: the dispatcher's copy follows.
 */
export async function sendExpress(lanes: LaneSender, rows: readonly TaskRow[]): Promise<readonly string[]> {
  const express = rows.filter(isExpress);
  if (express.length === 0) return [];
  const messages = express.map((row) => ({
    task_id: row.task_id,
    generation: row.generation,
    lane: laneOfRow(row),
    queue: queueNameOf(row),
    delaySeconds: 0,
  }));
  const sent = await lanes.send(messages).catch(() => []);
  return express.filter((_, index) => sent[index] !== true).map(({ task_id }) => task_id);
}
