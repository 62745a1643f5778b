import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ReceivedMessage } from '../../../core/ports.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { payloadItem } from '../../../functions/shared/adapters/result-item.ts';
import { aMessage } from '../builders.ts';
import { demand } from '../demand.ts';
import { dynamoDb, output } from '../emulator-clients.ts';
import { invoke } from '../invoke.ts';
import { aLaneEvent } from '../sqs-event.ts';
import { readRow } from '../table-scan.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:';

const queueName = (queueOutput: string): string => output(queueOutput).split('/').at(-1) ?? '';

export const laneEvent = (queueOutput: string, ...rows: TaskRow[]) =>
  aLaneEvent(
    rows.map((row): ReceivedMessage => aMessage(row)),
    QUEUE_ARN + queueName(queueOutput),
  );

export async function withStoredPayload(row: TaskRow): Promise<TaskRow> {
  const { payload: _, ...rest } = row;
  const item = { task_id: row.task_id, attempt: 0, payload: '"stored"', expires_at: 2e9 } as const;
  await dynamoDb().send(
    new PutItemCommand({ TableName: output('ResultsTable'), Item: payloadItem.encode(item) }),
  );
  return { ...rest, payload_stored: true };
}

export const keepsNothing = async (functionOutput: string, event: unknown): Promise<string> => {
  const { payload, log } = await invoke(functionOutput, event);
  demand(JSON.stringify(payload) === '{"batchItemFailures":[]}', `${functionOutput} keeps nothing: ${log}`);
  return log;
};

export const isCompleted = async (row: TaskRow): Promise<boolean> =>
  (await readRow(row.task_id))?.status === 'completed';
