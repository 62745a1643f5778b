import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { TasklaneClient } from '../../client/index.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { timesOf } from '../../core/task-view.ts';
import { createdAtMs } from '../../core/time-index.ts';
import { taskItem } from '../../functions/shared/adapters/task-item.ts';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { requireOutput } from '../../local/require-output.ts';
import { until } from '../../test/support/until.ts';
import type { BenchDeployment } from '../deployment.ts';
import { REFERENCE_TASK } from '../reference-task.ts';

export interface Drain {
  readonly tasks: number;
  /** From the first submission until the last task had been completed, by the tasks' own times. */
  readonly seconds: number;
  /** Until the last batch was accepted. */
  readonly submitSeconds: number;
  /** From acceptance to completion of each task. */
  readonly latenciesMs: readonly number[];
}

/** Submissions that are under way at a time. */
const SUBMITTERS = 2;

/** Submits so many echo tasks in batches, spread over the lanes but `critical`, and waits until all are completed. */
export async function drainTasks(deployment: BenchDeployment, tasks: number, batch: number): Promise<Drain> {
  const client = new TasklaneClient({ baseUrl: deployment.url, token: deployment.token });
  const tag = `drain-${crypto.randomUUID()}`;
  const startedAtMs = Date.now();
  let submitted = 0;
  const submitAll = async () => {
    while (submitted < tasks) {
      submitted += batch;
      // `critical` has an express path, whose second messages would still be on their way afterwards.
      const members = Array.from({ length: batch }, (_, n) => ({
        ...REFERENCE_TASK,
        tags: [tag],
        priority: 3 + (n % 8),
      }));
      await client.submitBatch(members);
    }
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submitAll));
  const submitSeconds = (Date.now() - startedAtMs) / 1000;
  const rows = await until(
    `${tasks} tasks to be completed`,
    async () => {
      const all = await rowsTagged(deployment, tag);
      return all.length === tasks && all.every(({ status }) => status === 'completed') && all;
    },
    // A look reads the whole table, so few are made; the tasks' own times tell what it took.
    { withinMs: 180_000, everyMs: 3000 },
  );
  const ends = rows.map((row) => ({ from: createdAtMs(row), to: timesOf(row).completedAtMs ?? Number.NaN }));
  return {
    tasks,
    seconds: (Math.max(...ends.map(({ to }) => to)) - startedAtMs) / 1000,
    submitSeconds,
    latenciesMs: ends.map(({ from, to }) => to - from),
  };
}

async function rowsTagged({ emulator, outputs }: BenchDeployment, tag: string): Promise<readonly TaskRow[]> {
  const client = new DynamoDBClient(awsClientSettings(emulator.url));
  const rows: TaskRow[] = [];
  for await (const { Items = [] } of paginateScan(
    { client },
    { TableName: requireOutput(outputs, 'TasksTable') },
  )) {
    rows.push(...Items.map((item) => taskItem.decode(item)).filter(({ tags }) => tags?.includes(tag)));
  }
  return rows;
}
