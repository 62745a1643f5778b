import { ByteRoom } from '../../core/byte-room.ts';
import type { AttemptOutcome } from '../../core/finish.ts';
import type { ReceivedMessage } from '../../core/ports.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { type ExecuteBatchDeps, executeBatch } from '../../core/usecases/execute-batch.ts';
import { aResult } from './builders.ts';
import { FixedClock } from './fixed-clock.ts';
import { InMemoryObjectStore } from './in-memory-object-store.ts';
import { InMemoryResultStore } from './in-memory-result-store.ts';
import { InMemoryTaskStore } from './in-memory-task-store.ts';

export const LEASE_MS = 80_000;

/** An executor on adapters in memory, whose handlers succeed; with what it did. */
export function inMemoryExecutor(overrides: Partial<ExecuteBatchDeps> = {}) {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const objects = new InMemoryObjectStore();
  const clock = new FixedClock();
  const runs: string[] = [];
  const troubles: unknown[] = [];
  /** Messages put back, by their calls. */
  const putBacks: { readonly receiptHandle: string; readonly delaySeconds: number }[][] = [];
  const deps: ExecuteBatchDeps = {
    tasks,
    results,
    objects,
    room: new ByteRoom(100),
    cache: { put: async () => undefined },
    clock,
    messages: { putBack: async (messages) => void putBacks.push([...messages]) },
    random: () => 0.5,
    newLeaseId: () => 'lease-mine',
    run: async (row) => {
      runs.push(row.task_id);
      const outcome: AttemptOutcome = { kind: 'succeeded', resultAttempt: row.attempt };
      return { result: aResult(row), outcome };
    },
    retryPolicyOf: () => ({ ...DEFAULT_RETRY, jitter: 'none' }),
    leaseMs: LEASE_MS,
    every: () => () => undefined,
    retentionSeconds: 3600,
    onTrouble: (_, error) => void troubles.push(error),
    ...overrides,
  };
  const given = (...rows: readonly TaskRow[]) => {
    for (const row of rows) tasks.rows.set(row.task_id, row);
  };
  const rowOf = ({ task_id }: TaskRow): TaskRow => {
    const found = tasks.rows.get(task_id);
    if (found === undefined) throw new Error(`the row of ${task_id} is gone`);
    return found;
  };
  const execute = (...messages: readonly ReceivedMessage[]) => executeBatch(deps, messages);
  return { tasks, results, objects, clock, runs, troubles, putBacks, deps, given, rowOf, execute };
}
