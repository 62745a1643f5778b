import { isExpress } from '../follow-up.ts';
import { outgoingMessageOf } from '../outgoing-message.ts';
import type { LaneSender } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';

/**
 * The express path of `critical`, for whoever has just put rows: sends the messages of those that take it, and tells
 * the tasks whose message was not sent. Those are only slower: the dispatcher's copy follows.
 */
export async function sendExpress(lanes: LaneSender, rows: readonly TaskRow[]): Promise<readonly string[]> {
  const express = rows.filter(isExpress);
  if (express.length === 0) return [];
  const sent = await lanes.send(express.map((row) => outgoingMessageOf(row, 0))).catch(() => []);
  return express.filter((_, index) => sent[index] !== true).map(({ task_id }) => task_id);
}
