import type { BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import type { Expectation, RowWrite } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { Item } from './item-codec.ts';
import { taskItem } from './task-item.ts';

/** The statement that puts a row if there is none with its id. */
export function insertStatement(table: string, row: TaskRow): BatchStatementRequest {
  const item = taskItem.encode(row);
  const names = Object.keys(item);
  return {
    Statement: `INSERT INTO "${table}" VALUE {${names.map((name) => `'${name}': ?`).join(', ')}}`,
    Parameters: names.map((name) => required(item, name)),
  };
}

/**
 * A conditional write as PartiQL. The text depends on the write's shape alone, every value is a parameter, so
 * the texts are few. A refusal returns the row that refused.
 */
export function updateStatement(table: string, write: RowWrite): BatchStatementRequest {
  const changes = new Statement();
  for (const [name, value] of Object.entries(write.set)) {
    if (value !== undefined) changes.add(`SET "${name}" = ?`, encode(name, value));
  }
  for (const counter of write.increment) changes.add(`SET "${counter}" = "${counter}" + 1`);
  if (write.appendHistory !== undefined) {
    changes.add(`SET "history" = list_append("history", ?)`, encode('history', [write.appendHistory]));
  }
  if (write.history !== undefined) changes.add('SET "history" = ?', encode('history', write.history));
  if (write.take !== undefined) {
    // DynamoDB takes no parameter inside a set (`<<?>>`), but a whole set as one; the last member's going removes it.
    changes.add(`SET "waiting_on" = set_delete("waiting_on", ?)`, encode('waiting_on', write.take));
  }
  for (const name of write.remove ?? []) changes.add(`REMOVE "${name}"`);

  changes.add('WHERE "task_id" = ?', encode('task_id', write.taskId));
  for (const expectation of write.expect) addExpectation(changes, expectation);
  if (write.returnRow) changes.add('RETURNING ALL NEW *');
  return {
    Statement: `UPDATE "${table}" ${changes.text}`,
    Parameters: changes.parameters,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Clauses of a statement with their parameters, in order. */
class Statement {
  readonly #clauses: string[] = [];
  readonly parameters: NonNullable<BatchStatementRequest['Parameters']> = [];

  add(clause: string, ...parameters: NonNullable<BatchStatementRequest['Parameters']>): void {
    this.#clauses.push(clause);
    this.parameters.push(...parameters);
  }

  get text(): string {
    return this.#clauses.join(' ');
  }
}

function addExpectation(statement: Statement, expectation: Expectation): void {
  if ('equals' in expectation) {
    const { attribute, equals } = expectation;
    statement.add(`AND "${attribute}" = ?`, encode(attribute, equals));
    return;
  }
  if ('absent' in expectation) {
    statement.add(`AND "${expectation.attribute}" IS MISSING`);
    return;
  }
  if ('contains' in expectation) {
    statement.add('AND contains("waiting_on", ?)', { S: expectation.contains });
    return;
  }
  if ('exactly' in expectation) {
    statement.add('AND "waiting_on" = ?', encode('waiting_on', expectation.exactly));
    return;
  }
  switch (expectation.attribute) {
    case 'status': {
      const values = expectation.oneOf.map((status) => encode('status', status));
      statement.add(`AND "status" IN [${values.map(() => '?').join(', ')}]`, ...values);
      break;
    }
    case 'claimable_at':
      statement.add('AND "claimable_at" <= ?', encode('claimable_at', expectation.atMost));
      break;
  }
}

function encode(name: string, value: unknown) {
  return taskItem.encodeAttribute(name as keyof TaskRow, value);
}

function required(item: Item, name: string) {
  const value = item[name];
  if (value === undefined) throw new TypeError(`the row has no "${name}"`);
  return value;
}
