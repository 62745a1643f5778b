import { claimWrite } from '../../core/claim.ts';
import { finishWrite } from '../../core/finish.ts';
import type { OutgoingMessage } from '../../core/ports.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { followUpChanges } from '../../core/usecases/follow-up-changes.ts';
import { releaseDependents } from '../../core/usecases/release-dependents.ts';
import { sweepTimers } from '../../core/usecases/sweep-timers.ts';
import { anApi, type HarnessOptions } from './api-harness.ts';
import { InMemoryReleaseQueue } from './in-memory-release-queue.ts';
import { InMemoryTimerIndex } from './in-memory-timer-index.ts';

const RETENTION_SECONDS = 3600;
const LEASE_MS = 80_000;

/**
 * The API on stores in memory, with all that follows from its changes: the dispatcher, the release function and
 * the timers, each when the test says so, and executors that do to a task what the test says.
 */
export function aDependencyWorld(options: HarnessOptions = {}) {
  const api = anApi({ shards: 1, ...options });
  const { tasks, results, edges, clock } = api;
  const releases = new InMemoryReleaseQueue();
  const onLanes: OutgoingMessage[] = [];

  const row = (taskId: string): TaskRow => {
    const found = tasks.rows.get(taskId);
    if (found === undefined) throw new Error(`there is no ${taskId}`);
    return found;
  };
  const write = async (one: Parameters<typeof tasks.write>[0][number]): Promise<void> => {
    const [outcome] = await tasks.write([one]);
    if (outcome?.kind !== 'applied') throw new Error(`the write of ${one.taskId} is refused`);
  };
  const lanes = {
    send: async (messages: readonly OutgoingMessage[]) => {
      onLanes.push(...messages);
      return messages.map(() => true);
    },
  };
  const following = {
    lanes,
    tasks,
    results,
    memory: api.memory,
    edges,
    labels: api.index,
    retentionSeconds: RETENTION_SECONDS,
    hours: api.index,
    releases,
    clock,
    shards: 1,
    onTrouble: () => undefined,
  };
  /** Does what follows from all changes so far, and from those that this brings about. */
  const settle = async (): Promise<void> => {
    while (tasks.changes.length > 0 || releases.sent.length > 0) {
      await followUpChanges(following, tasks.changes.splice(0));
      const messages = releases.sent.splice(0, 10);
      const deps = { tasks, edges, releases, clock, retentionSeconds: RETENTION_SECONDS };
      if (messages.length > 0) await releaseDependents(deps, messages);
    }
  };
  const start = async (taskId: string): Promise<void> => {
    await write(claimWrite(row(taskId), { nowMs: clock.nowMs(), leaseMs: LEASE_MS, leaseId: 'lease' }));
  };
  /** An attempt of a task that ends it; one is started if none runs. */
  const finish = async (taskId: string, how: 'completed' | 'failed'): Promise<void> => {
    if (row(taskId).status !== 'processing') await start(taskId);
    const terms = {
      nowMs: clock.nowMs(),
      random: 0,
      policy: DEFAULT_RETRY,
      retentionSeconds: RETENTION_SECONDS,
    };
    const claimed = row(taskId);
    await write(
      finishWrite(
        claimed,
        how === 'completed'
          ? { kind: 'succeeded', resultAttempt: claimed.attempt }
          : { kind: 'failed', failure: failure('boom', 'it broke', false) },
        terms,
      ),
    );
  };
  const submit = async (body: object = {}): Promise<TaskRow> => {
    const answer = await api.post('/tasks', { type: 'echo', payload: 1, ...body });
    if (answer.status !== 202) throw new Error(`not accepted: ${JSON.stringify(answer.body)}`);
    return row(answer.body.task_id);
  };

  return {
    ...api,
    releases,
    onLanes,
    row,
    settle,
    start,
    finish,
    submit,
    /** Submits a task that depends on others, by the condition `success` unless they say another. */
    submitOn: (...on: readonly (TaskRow | [TaskRow, string])[]) =>
      submit({
        dependencies: on.map((one) =>
          'task_id' in one ? { task_id: one.task_id } : { task_id: one[0].task_id, condition: one[1] },
        ),
      }),
    sweep: () =>
      sweepTimers(
        {
          tasks,
          results,
          timers: new InMemoryTimerIndex(tasks.rows),
          edges,
          lanes: { send: async (messages) => messages.map(() => true) },
          clock,
          retentionSeconds: RETENTION_SECONDS,
        },
        '0',
      ),
    statusOf: (one: Pick<TaskRow, 'task_id'>) => row(one.task_id).status,
  };
}
