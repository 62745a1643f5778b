import { createHash, randomUUID } from 'node:crypto';
import type { AttributeValue, BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import type { Item } from '../item-size.ts';
import type { StubQueues } from './stub-queues.ts';
import type { StubQuery, StubTables } from './stub-tables.ts';

/** What an operation answers, and how many entries it was asked for. */
export interface Answer {
  readonly body: unknown;
  readonly entries: number;
}

export interface StubState {
  readonly tables: StubTables;
  readonly queues: StubQueues;
}

type Operation = (input: never, state: StubState) => Answer;

/** The operations that functions call, by the name that stands behind the dot of `x-amz-target`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  BatchExecuteStatement: ({ Statements }: { Statements: BatchStatementRequest[] }, { tables }) => ({
    entries: Statements.length,
    body: { Responses: Statements.map((one) => tables.run(one.Statement ?? '', one.Parameters ?? [])) },
  }),

  BatchWriteItem: ({ RequestItems }: { RequestItems: Record<string, PutRequest[]> }, { tables }) => {
    const puts = Object.entries(RequestItems).flatMap(([table, requests]) =>
      requests.map(({ PutRequest }) => ({ table, item: PutRequest.Item })),
    );
    for (const { table, item } of puts) tables.put(table, item);
    return { entries: puts.length, body: { UnprocessedItems: {} } };
  },

  GetItem: ({ TableName, Key, ConsistentRead = false }: GetItemInput, { tables }) => {
    const item = tables.get(TableName, Key, ConsistentRead);
    return { entries: 1, body: item === undefined ? {} : { Item: item } };
  },

  /** Only the control table is written so: `:name` is the new value of `name`, whatever the condition says. */
  UpdateItem: ({ TableName, Key, ExpressionAttributeValues }: UpdateItemInput, { tables }) => {
    const set = Object.entries(ExpressionAttributeValues).map(([name, value]) => [name.slice(1), value]);
    tables.put(TableName, { ...Key, ...Object.fromEntries(set) });
    return { entries: 1, body: {} };
  },

  Query: (query: StubQuery, { tables }) => {
    const found = tables.query(query);
    return { entries: found.length, body: { Items: found, Count: found.length } };
  },

  BatchGetItem: ({ RequestItems }: { RequestItems: Record<string, KeysInput> }, { tables }) => {
    const found = Object.entries(RequestItems).map(([table, { Keys, ConsistentRead = false }]) => [
      table,
      Keys.map((key) => tables.get(table, key, ConsistentRead)).filter((item) => item !== undefined),
    ]);
    const entries = Object.values(RequestItems).reduce((sum, { Keys }) => sum + Keys.length, 0);
    return { entries, body: { Responses: Object.fromEntries(found), UnprocessedKeys: {} } };
  },

  SendMessageBatch: ({ QueueUrl, Entries }: SendBatchInput, { queues }) => {
    const sent = Entries.map(({ Id, MessageBody, DelaySeconds = 0 }) => {
      queues.send(QueueUrl, { body: MessageBody, delaySeconds: DelaySeconds });
      return { Id, MessageId: randomUUID(), MD5OfMessageBody: md5(MessageBody) };
    });
    return { entries: Entries.length, body: { Successful: sent } };
  },

  GetSecretValue: () => ({ entries: 1, body: { SecretString: 'cursor-secret-'.repeat(5) } }),

  ChangeMessageVisibilityBatch: successful,
  DeleteMessageBatch: successful,
};

interface PutRequest {
  readonly PutRequest: { readonly Item: Item };
}

interface UpdateItemInput {
  readonly TableName: string;
  readonly Key: Item;
  readonly ExpressionAttributeValues: Item;
}

interface GetItemInput {
  readonly TableName: string;
  readonly Key: Readonly<Record<string, AttributeValue>>;
  readonly ConsistentRead?: boolean;
}

interface KeysInput {
  readonly Keys: readonly Item[];
  readonly ConsistentRead?: boolean;
}

interface SendBatchInput {
  readonly QueueUrl: string;
  readonly Entries: readonly { Id: string; MessageBody: string; DelaySeconds?: number }[];
}

function successful({ Entries }: { Entries: readonly { Id: string }[] }): Answer {
  return { entries: Entries.length, body: { Successful: Entries.map(({ Id }) => ({ Id })) } };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
