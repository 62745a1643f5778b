import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { acceptTask } from '../../core/accept-task.ts';
import { claimWrite } from '../../core/claim.ts';
import { finishWrite } from '../../core/finish.ts';
import { labelsOf } from '../../core/labels.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite, type RowWrite } from '../../core/row-write.ts';
import type { Submission } from '../../core/submission.ts';
import { failure } from '../../core/task-failure.ts';
import { newTaskId } from '../../core/task-id.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { hourOf, shardOf } from '../../core/time-index.ts';
import { DynamoDbHourDirectory } from '../../functions/shared/adapters/dynamodb-hour-directory.ts';
import { DynamoDbLabelStore } from '../../functions/shared/adapters/dynamodb-label-store.ts';
import { taskItem } from '../../functions/shared/adapters/task-item.ts';
import { backOff } from '../../functions/shared/container.ts';
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

/** What some of the rows are, beside completed: every so-manieth. */
export const SEEDED = {
  /** Every tenth has it. */
  commonTag: 'common',
  /** Every two-thousandth has it. */
  rareTag: 'rare',
} as const;
const COMMON_EVERY = 10;
const RARE_EVERY = 2000;
const FAILED_EVERY = 1000;
const SCHEDULED_EVERY = 5000;

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

/** Puts tasks straight into the tables: nothing follows from them. Nearly all of them have completed. */
export async function seedRows(options: SeedOptions): Promise<Seeded> {
  const { client, tasksTable, controlTable, shards } = options;
  const nowMs = Date.now();
  const taskIds: string[] = [];
  const labelled: TaskRow[] = [];
  const nextItems = () => {
    const count = Math.min(PUTS_A_CALL, options.rows - taskIds.length);
    return Array.from({ length: count }, () => {
      const place = taskIds.length;
      const atMs = nowMs - Math.floor((SPREAD_MS * (place + 1)) / options.rows);
      const row = seededRow(place, atMs, shards);
      taskIds.push(row.task_id);
      if (row.tags !== undefined || row.scheduled_at !== undefined) labelled.push(row);
      return { PutRequest: { Item: taskItem.encode(row) } };
    });
  };
  const putAll = async () => {
    while (taskIds.length < options.rows) {
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tasksTable]: nextItems() } }));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, putAll));
  const labels = new DynamoDbLabelStore({ client, controlTable, ...backOff });
  await labels.put(labelled.flatMap((row) => labelsOf(row, RETENTION_SECONDS)));
  const hours = new DynamoDbHourDirectory(client, controlTable, systemClock);
  for (let atMs = nowMs - SPREAD_MS; atMs <= nowMs; atMs += 3_600_000)
    await hours.announce(hourOf(atMs), shards);
  return { taskIds, agentIds: AGENT_IDS };
}

const RETENTION_SECONDS = 30 * 86_400;

function seededRow(place: number, atMs: number, shards: number): TaskRow {
  const isEvery = (count: number) => place % count === count - 1;
  const tags = [
    ...(isEvery(COMMON_EVERY) ? [SEEDED.commonTag] : []),
    ...(isEvery(RARE_EVERY) ? [SEEDED.rareTag] : []),
  ];
  const taskId = newTaskId(atMs, crypto.getRandomValues(new Uint8Array(16)));
  const submission: Submission = {
    ...REFERENCE_TASK,
    agent_id: AGENT_IDS[Math.floor(place / 7) % AGENT_IDS.length] ?? '',
    tags,
    ...(isEvery(SCHEDULED_EVERY) ? { scheduled_at: atMs + 7 * 86_400_000 } : {}),
  };
  const terms = { taskId, tenant: 'bench', nowMs: atMs, shard: shardOf(taskId, shards) };
  const { row } = acceptTask(submission, terms);
  if (row.status === 'scheduled') return row;
  const claim = { nowMs: atMs + 300, leaseMs: 80_000, leaseId: 'bench-lease-1' };
  const claimed = applied(row, claimWrite({ task_id: taskId, generation: 1 }, claim));
  const ended = isEvery(FAILED_EVERY)
    ? ({ kind: 'ended', failure: failure('handler_error', 'it did not work', false) } as const)
    : ({ kind: 'succeeded', resultAttempt: 1 } as const);
  const finish = { nowMs: atMs + 310, random: 0, policy: DEFAULT_RETRY, retentionSeconds: RETENTION_SECONDS };
  return applied(claimed, finishWrite(claimed, ended, finish));
}

function applied(row: TaskRow, write: RowWrite): TaskRow {
  const outcome = applyRowWrite(row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined)
    throw new Error(`${row.task_id} refused its own write`);
  return outcome.row;
}
