import { isSentByApi } from '../order.ts';
import { outgoingMessageOf } from '../outgoing-message.ts';
import type { LaneSender } from '../ports.ts';
import type { Submission } from '../submission.ts';
import type { Stored } from './store-submissions.ts';

/**
 * Gives ordered tasks their places before they are accepted, in the order of their submissions: the stream keeps no
 * order across rows. Behind a member that is not stored or not sent for certain, none of its key is sent. Whoever
 * repeats a submission has the unclaimed tasks sent again, since it may not have got that far before. Returns how many
 * of the stored tasks are not sent for certain: to call these accepted would let a later task pass them.
 */
export async function sendInOrder(
  { lanes }: { readonly lanes: LaneSender },
  submissions: readonly Submission[],
  stored: readonly Stored[],
): Promise<number> {
  const stoppedKeys = new Set<string>();
  let unsent = 0;
  const rows = stored.flatMap((one, index) => {
    const key = submissions[index]?.ordering_key;
    if (key === undefined) return [];
    if (!('row' in one)) stoppedKeys.add(key);
    if (!('row' in one) || !isSentByApi(one.row)) return [];
    if (!stoppedKeys.has(key)) return [one.row];
    unsent += 1;
    return [];
  });
  if (rows.length === 0) return unsent;
  const sent = await lanes.send(rows.map((row) => outgoingMessageOf(row, 0))).catch(() => []);
  return unsent + rows.filter((_, index) => sent[index] !== true).length;
}
