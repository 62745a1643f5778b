import { GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { AttemptResult } from '../../core/attempt-result.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { resultItem } from '../../functions/shared/adapters/result-item.ts';
import { taskItem } from '../../functions/shared/adapters/task-item.ts';
import { dynamoDb, output } from './emulator-clients.ts';

/** The rows of the tasks table that have the tag, by task id. */
export async function rowsTagged(tag: string): Promise<Map<string, TaskRow>> {
  const rows = new Map<string, TaskRow>();
  for await (const { Items = [] } of paginateScan(
    { client: dynamoDb() },
    { TableName: output('TasksTable') },
  )) {
    for (const row of Items.map((item) => taskItem.decode(item)))
      if (row.tags?.includes(tag)) rows.set(row.task_id, row);
  }
  return rows;
}

/** The results of the given tasks, by task id. */
export async function resultsOf(taskIds: ReadonlySet<string>): Promise<Map<string, AttemptResult[]>> {
  const results = new Map<string, AttemptResult[]>();
  for await (const { Items = [] } of paginateScan(
    { client: dynamoDb() },
    { TableName: output('ResultsTable') },
  )) {
    for (const result of Items.map((item) => resultItem.decode(item))) {
      if (taskIds.has(result.task_id))
        results.set(result.task_id, [...(results.get(result.task_id) ?? []), result]);
    }
  }
  return results;
}

/** The deployed table's row of a task. */
export async function readRow(taskId: string): Promise<TaskRow | undefined> {
  const key = { task_id: { S: taskId } };
  const { Item } = await dynamoDb().send(
    new GetItemCommand({ TableName: output('TasksTable'), Key: key, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : taskItem.decode(Item);
}
