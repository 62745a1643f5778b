import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BackOff, chunksOf, MAX_TRIES, waitBeforeRetry } from './back-off.ts';
import type { Item } from './item-codec.ts';

/** BatchWriteItem takes 25 puts. */
const PUTS_A_CALL = 25;

/**
 * Puts items by BatchWriteItem, 25 a call, the calls side by side; no two may have one key. Unprocessed items
 * and failed calls are tried again; false stands where the put is not confirmed in the end.
 */
export async function putItems(
  client: DynamoDBClient,
  backOff: BackOff,
  table: string,
  items: readonly Item[],
  key: Key = ['task_id', 'attempt'],
): Promise<boolean[]> {
  const parts = chunksOf(items, PUTS_A_CALL);
  return (await Promise.all(parts.map((part) => putPart(client, backOff, { table, key }, part)))).flat();
}

/** The names of a table's partition and sort key. */
type Key = readonly [string, string];

interface PutTarget {
  readonly table: string;
  readonly key: Key;
}

async function putPart(
  client: DynamoDBClient,
  backOff: BackOff,
  target: PutTarget,
  items: Item[],
): Promise<boolean[]> {
  const open = new Set(items);
  for (let tries = 1; open.size > 0 && tries <= MAX_TRIES; tries += 1) {
    if (tries > 1) await waitBeforeRetry(backOff, tries - 1);
    const unprocessed = await call(client, target, [...open]);
    for (const item of open) if (!unprocessed.has(keyOf(item, target.key))) open.delete(item);
  }
  return items.map((item) => !open.has(item));
}

/** The keys that were not put. */
async function call(
  client: DynamoDBClient,
  { table, key }: PutTarget,
  items: Item[],
): Promise<ReadonlySet<string>> {
  try {
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
    );
    const left = UnprocessedItems?.[table] ?? [];
    return new Set(left.map(({ PutRequest }) => keyOf(PutRequest?.Item ?? {}, key)));
  } catch {
    return new Set(items.map((item) => keyOf(item, key)));
  }
}

function keyOf(item: Item, [partition, sort]: Key): string {
  const text = (name: string) => item[name]?.S ?? item[name]?.N;
  return `${text(partition)}#${text(sort)}`;
}
