import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { AttemptResult } from '../../../core/attempt-result.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { resultItem } from '../../../functions/shared/adapters/result-item.ts';
import { taskItem } from '../../../functions/shared/adapters/task-item.ts';
import { encodeLaneMessage } from '../../../functions/shared/lane-message.ts';
import { aRow, completed } from '../builders.ts';
import { dynamoDb, output, sqs } from '../emulator-clients.ts';

/**
 * A row that looks claimed by an attempt which is over. The dispatcher never sees such a row, so that nobody but
 * the test wakes its task.
 */
export function aSleepingRow(overrides: Partial<TaskRow> = {}): TaskRow {
  return { ...aRow(), status: 'processing', attempt: 1, failures: 1, claimable_at: 0, ...overrides };
}

/** A completed row that the table keeps: those of the builders have expired by the clock of the emulator. */
export function aCompletedRow(overrides: Parameters<typeof aRow>[0] = {}): TaskRow {
  return { ...completed(aRow(overrides)), expires_at: 2_000_000_000 };
}

/** Puts a row into the deployed table. */
export async function putRow(row: TaskRow): Promise<TaskRow> {
  await dynamoDb().send(new PutItemCommand({ TableName: output('TasksTable'), Item: taskItem.encode(row) }));
  return row;
}

/** Puts a result into the deployed table. */
export async function putResult(result: AttemptResult): Promise<void> {
  const item = { TableName: output('ResultsTable'), Item: resultItem.encode(result) };
  await dynamoDb().send(new PutItemCommand(item));
}

/** Sends the lane message of a row to a queue. */
export async function send(queueOutput: string, row: TaskRow): Promise<void> {
  await sqs().send(
    new SendMessageCommand({ QueueUrl: output(queueOutput), MessageBody: encodeLaneMessage(row) }),
  );
}
