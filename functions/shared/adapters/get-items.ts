import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BackOff, chunksOf, MAX_TRIES, waitBeforeRetry } from './back-off.ts';
import type { Item } from './item-codec.ts';

/** BatchGetItem takes 100 keys. */
const KEYS_A_CALL = 100;

export interface ItemsQuery {
  readonly table: string;
  /** No two alike. */
  readonly keys: readonly Item[];
  /** Whether what was written a moment ago must be seen; costs twice as much. */
  readonly consistent: boolean;
  /** The attributes that are wanted. @default all */
  readonly attributes?: readonly string[];
}

/**
 * Reads items by BatchGetItem, 100 a call, the calls side by side, in no order; an absent one is left out.
 * Unprocessed keys are tried again. Throws an Error when some stay unprocessed.
 */
export async function getItems(client: DynamoDBClient, backOff: BackOff, query: ItemsQuery): Promise<Item[]> {
  const parts = chunksOf(query.keys, KEYS_A_CALL);
  return (await Promise.all(parts.map((keys) => getPart(client, backOff, { ...query, keys })))).flat();
}

async function getPart(client: DynamoDBClient, backOff: BackOff, query: ItemsQuery): Promise<Item[]> {
  const { table, consistent, attributes } = query;
  const projection = attributes === undefined ? {} : projectionOf(attributes);
  const found: Item[] = [];
  let keys: Item[] = [...query.keys];
  for (let tries = 1; keys.length > 0; tries += 1) {
    if (tries > MAX_TRIES) throw new Error(`${keys.length} items could not be read in ${MAX_TRIES} tries`);
    if (tries > 1) await waitBeforeRetry(backOff, tries - 1);
    const request = { [table]: { Keys: keys, ConsistentRead: consistent, ...projection } };
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: request }));
    found.push(...(answer.Responses?.[table] ?? []));
    keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
}

/** By placeholders, since some names of attributes are reserved words. */
function projectionOf(attributes: readonly string[]) {
  return {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
}
