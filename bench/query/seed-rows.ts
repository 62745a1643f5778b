import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { claimWrite } from '../../core/claim.ts';
import { finishWrite } from '../../core/finish.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite, type RowWrite } from '../../core/row-write.ts';
import { acceptTask, hourOf } from '../../core/submission.ts';
import { newTaskId } from '../../core/task-id.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { shardOf } from '../../core/time-index.ts';
import { DynamoDbHourDirectory } from '../../functions/shared/adapters/dynamodb-hour-directory.ts';
import { taskItem } from '../../functions/shared/adapters/task-item.ts';
import { systemClock } from '../../functions/shared/system-clock.ts';
import { REFERENCE_TASK } from '../reference-task.ts';

export interface SeedOptions {
  readonly client: DynamoDBClient;
  readonly tasksTable: string;
  readonly controlTable: string;
  /** Shards of the time index. */
  readonly shards: number;
  readonly rows: number;
}

/** What was put. */
export interface Seeded {
  readonly taskIds: readonly string[];
  readonly agentIds: readonly string[];
}

/** The rows are spread evenly over the last day, and over ten agents. */
const SPREAD_MS = 24 * 3_600_000;
const AGENT_IDS = Array.from({ length: 10 }, (_, index) => `agent-${index}`);

const PUTS_A_CALL = 25;
/** Calls that are under way at a time. */
const WRITERS = 6;

/** Puts completed tasks straight into the table: nothing follows from them. */
export async function seedRows(options: SeedOptions): Promise<Seeded> {
  const { client, tasksTable, controlTable, shards } = options;
  const nowMs = Date.now();
  const taskIds: string[] = [];
  const nextItems = () => {
    const count = Math.min(PUTS_A_CALL, options.rows - taskIds.length);
    return Array.from({ length: count }, () => {
      const place = taskIds.length;
      const atMs = nowMs - Math.floor((SPREAD_MS * (place + 1)) / options.rows);
      const row = completedRow(atMs, AGENT_IDS[place % AGENT_IDS.length] ?? '', shards);
      taskIds.push(row.task_id);
      return { PutRequest: { Item: taskItem.encode(row) } };
    });
  };
  const putAll = async () => {
    while (taskIds.length < options.rows) {
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tasksTable]: nextItems() } }));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, putAll));
  const hours = new DynamoDbHourDirectory(client, controlTable, systemClock);
  for (let atMs = nowMs - SPREAD_MS; atMs <= nowMs; atMs += 3_600_000)
    await hours.announce(hourOf(atMs), shards);
  return { taskIds, agentIds: AGENT_IDS };
}

function completedRow(atMs: number, agentId: string, shards: number): TaskRow {
  const taskId = newTaskId(atMs, crypto.getRandomValues(new Uint8Array(16)));
  const terms = { taskId, tenant: 'bench', nowMs: atMs, shard: shardOf(taskId, shards) };
  const { row } = acceptTask({ ...REFERENCE_TASK, agent_id: agentId }, terms);
  const claim = { nowMs: atMs + 300, leaseMs: 80_000, leaseId: 'bench-lease-1' };
  const claimed = applied(row, claimWrite({ task_id: taskId, generation: 1 }, claim));
  return applied(
    claimed,
    finishWrite(
      claimed,
      { kind: 'succeeded', resultAttempt: 1 },
      { nowMs: atMs + 310, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 30 * 86_400 },
    ),
  );
}

function applied(row: TaskRow, write: RowWrite): TaskRow {
  const outcome = applyRowWrite(row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined)
    throw new Error(`${row.task_id} refused its own write`);
  return outcome.row;
}
