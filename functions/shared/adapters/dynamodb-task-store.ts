import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { InsertOutcome, TaskStore } from '../../../core/ports.ts';
import type { RowWrite, WriteOutcome } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { BackOff } from './back-off.ts';
import { getItems } from './get-items.ts';
import { insertStatement, updateStatement } from './row-statements.ts';
import { runStatements, type StatementOutcome } from './run-statements.ts';
import { taskItem } from './task-item.ts';

export interface DynamoDbTaskStoreDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The tasks table, written by batches of conditional PartiQL statements. */
export class DynamoDbTaskStore implements TaskStore {
  readonly #deps: DynamoDbTaskStoreDeps;

  constructor(deps: DynamoDbTaskStoreDeps) {
    this.#deps = deps;
  }

  async insert(rows: readonly TaskRow[]): Promise<readonly InsertOutcome[]> {
    const statements = rows.map((row) => insertStatement(this.#deps.table, row));
    const outcomes = await runStatements(this.#deps.client, this.#deps, statements);
    const present = await this.#presentRows(rows.filter((_, index) => outcomes[index]?.kind === 'duplicate'));
    return rows.map(({ task_id }, index) => insertOutcome(task_id, outcomes[index], present));
  }

  async write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    const statements = writes.map((write) => updateStatement(this.#deps.table, write));
    const outcomes = await runStatements(this.#deps.client, this.#deps, statements);
    return outcomes.map(writeOutcome);
  }

  async read(taskId: string): Promise<TaskRow | undefined> {
    return await this.#get(taskId, true);
  }

  async readAll(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> {
    const { client, table } = this.#deps;
    const keys = taskIds.map((taskId) => ({ task_id: { S: taskId } }));
    const items = await getItems(client, this.#deps, { table, keys, consistent: true });
    return new Map(items.map((item) => taskItem.decode(item)).map((row) => [row.task_id, row]));
  }

  /** Reads one row, perhaps a second old, at half the price. */
  async peek(taskId: string): Promise<TaskRow | undefined> {
    return await this.#get(taskId, false);
  }

  async #get(taskId: string, consistent: boolean): Promise<TaskRow | undefined> {
    const { client, table } = this.#deps;
    const key = { task_id: { S: taskId } };
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: key, ConsistentRead: consistent }),
    );
    return Item === undefined ? undefined : taskItem.decode(Item);
  }

  /** `DuplicateItem` brings no row: reads tell whose they are. */
  async #presentRows(duplicates: readonly TaskRow[]): Promise<ReadonlyMap<string, TaskRow>> {
    return await this.readAll(duplicates.map(({ task_id }) => task_id));
  }
}

function insertOutcome(
  taskId: string,
  outcome: StatementOutcome | undefined,
  present: ReadonlyMap<string, TaskRow>,
): InsertOutcome {
  if (outcome?.kind === 'done') return { kind: 'inserted' };
  if (outcome?.kind === 'unconfirmed') return outcome;
  const row = present.get(taskId);
  return row === undefined
    ? { kind: 'unconfirmed', reason: `${taskId} was there and is gone` }
    : { kind: 'exists', row };
}

function writeOutcome(outcome: StatementOutcome): WriteOutcome {
  switch (outcome.kind) {
    case 'done':
      return outcome.item === undefined
        ? { kind: 'applied' }
        : { kind: 'applied', row: taskItem.decode(outcome.item) };
    case 'refused':
      return { kind: 'refused', row: outcome.item === undefined ? undefined : taskItem.decode(outcome.item) };
    case 'duplicate':
      return { kind: 'unconfirmed', reason: 'an update was answered as an insert' };
    case 'unconfirmed':
      return outcome;
  }
}
