import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type BackOff, chunksOf, MAX_TRIES, waitBeforeRetry } from './back-off.ts';

export type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;

/** SendMessageBatch takes 10 entries. */
const ENTRIES_A_CALL = 10;

/**
 * Sends messages to one queue, 10 a call, the calls side by side. Failed entries and failed calls are tried
 * again; false stands where the sending is not confirmed in the end. A lost answer may send a message twice.
 */
export async function sendEntries(
  client: SQSClient,
  backOff: BackOff,
  queueUrl: string,
  entries: readonly Entry[],
): Promise<boolean[]> {
  const parts = chunksOf(entries, ENTRIES_A_CALL);
  return (await Promise.all(parts.map((part) => sendPart(client, backOff, queueUrl, part)))).flat();
}

async function sendPart(
  client: SQSClient,
  backOff: BackOff,
  queueUrl: string,
  entries: readonly Entry[],
): Promise<boolean[]> {
  const sent = entries.map(() => false);
  for (let tries = 1; sent.includes(false) && tries <= MAX_TRIES; tries += 1) {
    if (tries > 1) await waitBeforeRetry(backOff, tries - 1);
    const open = entries.flatMap((entry, index) => (sent[index] ? [] : [{ ...entry, Id: String(index) }]));
    for (const id of await call(client, queueUrl, open)) sent[Number(id)] = true;
  }
  return sent;
}

/** The ids that were sent. */
async function call(
  client: SQSClient,
  queueUrl: string,
  entries: SendMessageBatchRequestEntry[],
): Promise<readonly string[]> {
  try {
    const { Successful = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    return Successful.flatMap(({ Id }) => Id ?? []);
  } catch {
    return [];
  }
}
