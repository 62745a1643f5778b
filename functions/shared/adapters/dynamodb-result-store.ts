import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttemptResult } from '../../../core/attempt-result.ts';
import type { AttemptPointer, ResultStore, StoredPayload } from '../../../core/ports.ts';
import { isExpired } from '../../../core/task-row.ts';
import type { BackOff } from './back-off.ts';
import { getItems } from './get-items.ts';
import type { Item } from './item-codec.ts';
import { putItems } from './put-items.ts';
import { payloadItem, resultItem } from './result-item.ts';

export interface DynamoDbResultStoreDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The results table: results under (`task_id`, `attempt`), a large payload under attempt 0. */
export class DynamoDbResultStore implements ResultStore {
  readonly #deps: DynamoDbResultStoreDeps;

  constructor(deps: DynamoDbResultStoreDeps) {
    this.#deps = deps;
  }

  async put(results: readonly AttemptResult[]): Promise<readonly boolean[]> {
    return await this.#put(results.map((result) => resultItem.encode(result)));
  }

  async putFirst(result: AttemptResult): Promise<AttemptResult> {
    const { client, table } = this.#deps;
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: resultItem.encode(result),
          // An id may have been that of a task whose time is over; DynamoDB deletes hours late.
          ConditionExpression: 'attribute_not_exists(task_id) OR expires_at <= :now',
          ExpressionAttributeValues: { ':now': { N: String(this.#deps.clock.nowMs() / 1000) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return result;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item !== undefined)
        return resultItem.decode(error.Item);
      throw error;
    }
  }

  async putPayloads(payloads: readonly StoredPayload[]): Promise<readonly boolean[]> {
    const items = payloads.map(({ taskId, text, expiresAtSeconds }) =>
      payloadItem.encode({ task_id: taskId, attempt: 0, payload: text, expires_at: expiresAtSeconds }),
    );
    return await this.#put(items);
  }

  async #put(items: readonly Item[]): Promise<readonly boolean[]> {
    return await putItems(this.#deps.client, this.#deps, this.#deps.table, items);
  }

  async ofTask(taskId: string): Promise<readonly AttemptResult[]> {
    const { client, table } = this.#deps;
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'task_id = :task AND attempt > :payload',
        ExpressionAttributeValues: { ':task': { S: taskId }, ':payload': { N: '0' } },
      },
    );
    const results: AttemptResult[] = [];
    for await (const { Items = [] } of pages) results.push(...Items.map((item) => resultItem.decode(item)));
    return this.#live(results);
  }

  async attempts(pointers: readonly AttemptPointer[]): Promise<readonly AttemptResult[]> {
    const keys = pointers.map(({ task_id, attempt }) => ({
      task_id: { S: task_id },
      attempt: { N: String(attempt) },
    }));
    const { client, table } = this.#deps;
    const items = await getItems(client, this.#deps, { table, keys, consistent: true });
    return this.#live(items.map((item) => resultItem.decode(item)));
  }

  /** DynamoDB deletes hours late, and the id of an expired task may have been given to another by its key. */
  #live(results: readonly AttemptResult[]): readonly AttemptResult[] {
    const nowSeconds = this.#deps.clock.nowMs() / 1000;
    return results.filter(({ expires_at }) => expires_at > nowSeconds);
  }

  async ofAttempt(taskId: string, attempt: number): Promise<AttemptResult | undefined> {
    const { client, table, clock } = this.#deps;
    const Key = { task_id: { S: taskId }, attempt: { N: String(attempt) } };
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    const result = Item === undefined ? undefined : resultItem.decode(Item);
    return result === undefined || isExpired(result, clock.nowMs()) ? undefined : result;
  }

  async payloadsOf(taskIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const keys = taskIds.map((taskId) => ({ task_id: { S: taskId }, attempt: { N: '0' } }));
    const { client, table } = this.#deps;
    const items = await getItems(client, this.#deps, { table, keys, consistent: true });
    const payloads = items.map((item) => payloadItem.decode(item));
    return new Map(payloads.map(({ task_id, payload }) => [task_id, payload]));
  }

  /** An absent item stays absent. */
  async expirePayload(taskId: string, expiresAtSeconds: number): Promise<void> {
    const { client, table } = this.#deps;
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { task_id: { S: taskId }, attempt: { N: '0' } },
          UpdateExpression: 'SET expires_at = :at',
          ConditionExpression: 'attribute_exists(task_id)',
          ExpressionAttributeValues: { ':at': { N: String(expiresAtSeconds) } },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
