import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BackOff, chunksOf, MAX_TRIES, waitBeforeRetry } from './back-off.ts';
import type { Item } from './item-codec.ts';

/** BatchWriteItem takes 25 deletions. */
const DELETIONS_A_CALL = 25;

/**
 * Deletes items by BatchWriteItem, 25 a call, the calls side by side; an absent one stays so, and a key may be
 * named twice. Unprocessed keys and failed calls are tried again; false stands where it is not confirmed.
 */
export async function deleteItems(
  client: DynamoDBClient,
  backOff: BackOff,
  table: string,
  keys: readonly Item[],
): Promise<boolean[]> {
  const distinct = new Map(keys.map((key) => [textOf(key), key]));
  const parts = chunksOf([...distinct.values()], DELETIONS_A_CALL);
  const left = await Promise.all(parts.map((part) => deletePart(client, backOff, table, part)));
  const open = new Set(left.flat());
  return keys.map((key) => !open.has(textOf(key)));
}

/** The keys, as text, whose deletion is not confirmed. */
async function deletePart(
  client: DynamoDBClient,
  backOff: BackOff,
  table: string,
  keys: readonly Item[],
): Promise<readonly string[]> {
  let open = [...keys];
  for (let tries = 1; open.length > 0 && tries <= MAX_TRIES; tries += 1) {
    if (tries > 1) await waitBeforeRetry(backOff, tries - 1);
    open = await call(client, table, open);
  }
  return open.map(textOf);
}

/** The keys that were not deleted. */
async function call(client: DynamoDBClient, table: string, keys: readonly Item[]): Promise<Item[]> {
  try {
    const requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
    );
    return (UnprocessedItems?.[table] ?? []).flatMap(({ DeleteRequest }) =>
      DeleteRequest?.Key === undefined ? [] : [DeleteRequest.Key],
    );
  } catch {
    return [...keys];
  }
}

/** Names sorted: the service may answer them in another order. */
function textOf(key: Item): string {
  return JSON.stringify(
    Object.keys(key)
      .sort()
      .map((name) => [name, key[name]]),
  );
}
