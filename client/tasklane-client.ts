import type { BatchAnswer } from '../core/contract/batch-schema.ts';
import type { BulkCount, BulkStarted } from '../core/contract/bulk-schema.ts';
import type { DependencyChangeInput } from '../core/contract/dependency-schema.ts';
import type { Health } from '../core/contract/health-schema.ts';
import type { TaskHistory } from '../core/contract/history-schema.ts';
import type { TaskPage } from '../core/contract/page-schema.ts';
import type { PatchInput } from '../core/contract/patch-schema.ts';
import type { AgentTaskListFilter, TaskListFilter } from '../core/contract/query-schemas.ts';
import type { TaskResult } from '../core/contract/result-schema.ts';
import type { BatchMemberInput, SubmissionInput } from '../core/contract/submission-schema.ts';
import type { TaskFilterInput } from '../core/contract/task-filter-schema.ts';
import type { Task, TaskSummary } from '../core/contract/task-schema.ts';
import type { Upload } from '../core/contract/upload-schema.ts';
import { AgentClient } from './agent-client.ts';
import { agentPath } from './agent-path.ts';
import { AgentsClient } from './agents-client.ts';
import type { CallOptions, ListOptions } from './call-options.ts';
import { LanesClient } from './lanes-client.ts';
import { Transport, type TransportOptions } from './transport.ts';
import { type WaitOptions, waitForTask } from './wait-for-task.ts';

export interface SubmitOptions extends CallOptions {
  /** Makes sending again harmless; null for none. @default a new one for each call */
  readonly idempotencyKey?: string | null;
}

export interface ReadOptions extends CallOptions {
  /** Seconds the API may wait for the end of the task, 0 to 25. @default 0 */
  readonly waitSeconds?: number;
}

export interface ChangeOptions extends CallOptions {
  /** Only if the task is still at this version. @default whatever it is at */
  readonly ifVersion?: number;
}

export interface BulkOptions extends SubmitOptions {
  /** Only counts the tasks that meet the filter. @default false */
  readonly dryRun?: boolean;
}

/**
 * A client of the API. Reads, and submissions with an idempotency key, are sent again when the API is busy or
 * was not reached. Every method throws a TasklaneError for an answer that is no success.
 */
export class TasklaneClient {
  /** Agents and their memories. */
  readonly agents: AgentsClient;
  /** Pausing, resuming and redriving lanes. */
  readonly lanes: LanesClient;
  readonly #transport: Transport;
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#transport = new Transport(options);
    this.agents = new AgentsClient(this.#transport);
    this.lanes = new LanesClient(this.#transport);
  }

  /** One agent: what it claims, and what it remembers. */
  agent(agentId: string): AgentClient {
    return new AgentClient(this.#transport, this.agents, agentId);
  }

  /** Submits one task. An answer that was lost is asked for again: the task is never there twice. */
  async submit(task: SubmissionInput, options: SubmitOptions = {}): Promise<Task> {
    return await this.#submit('/tasks', task, options);
  }

  /** Submits up to 500 tasks, all or none as far as their validity goes; they may depend on each other by `ref`. */
  async submitBatch(tasks: readonly BatchMemberInput[], options: SubmitOptions = {}): Promise<BatchAnswer> {
    return await this.#submit('/tasks/batch', { tasks }, options);
  }

  /** Uploads a payload of up to 50 MB of JSON. Answers the `payload_ref` to submit instead, within the hour. */
  async upload(payload: unknown, options: CallOptions = {}): Promise<string> {
    const { signal } = options;
    const body = new TextEncoder().encode(JSON.stringify(payload));
    const request = { size: body.byteLength, content_type: 'application/json' };
    const call = { method: 'POST', path: '/uploads', body: request, repeatable: true } as const;
    const { upload_url, payload_ref }: Upload = await this.#transport.call({ ...call, signal });
    const headers = { 'content-type': 'application/json' };
    await this.#transport.link(upload_url, { method: 'PUT', body, headers, signal: signal ?? null });
    return payload_ref;
  }

  /** A task as it is now, or when it has ended within `waitSeconds`. */
  async get(taskId: string, options: ReadOptions = {}): Promise<Task> {
    return await this.#get(taskPath(taskId), options, { wait_seconds: options.waitSeconds });
  }

  /** A task when it has ended. Throws an Error when it has not within `timeoutMs`. */
  async wait(taskId: string, options: WaitOptions = {}): Promise<Task> {
    const { wait } = this.#options;
    return await waitForTask(
      {
        get: (waitSeconds) =>
          this.#transport.call<Task>({
            method: 'GET',
            path: taskPath(taskId),
            query: { wait_seconds: waitSeconds },
            repeatable: false,
            signal: options.signal,
          }),
        history: () => this.history(taskId, options),
        ...(wait === undefined ? {} : { wait }),
      },
      taskId,
      options,
    );
  }

  /** What came of a task that has ended. Throws `task_not_finished` before that. */
  async result(taskId: string, options: ReadOptions = {}): Promise<TaskResult> {
    return await this.#get(`${taskPath(taskId)}/result`, options, { wait_seconds: options.waitSeconds });
  }

  /** The output of a task that has ended, also a large one. Throws `task_not_finished` before that. */
  async output(taskId: string, options: ReadOptions = {}): Promise<unknown> {
    const { output, output_url } = await this.result(taskId, options);
    if (output_url === undefined) return output;
    const answer = await this.#transport.link(output_url, { signal: options.signal ?? null });
    return await answer.json();
  }

  /** Every transition of a task, oldest first. */
  async history(taskId: string, options: CallOptions = {}): Promise<TaskHistory> {
    return await this.#get(`${taskPath(taskId)}/history`, options);
  }

  /** Cancels a task: at once, or (still `processing` in the answer) as soon as its handler has stopped. */
  async cancel(taskId: string, options: CallOptions = {}): Promise<Task> {
    return await this.#post(`${taskPath(taskId)}/cancel`, options);
  }

  /** Tries a failed task again, as often as its policy allows. */
  async retry(taskId: string, options: CallOptions = {}): Promise<Task> {
    return await this.#post(`${taskPath(taskId)}/retry`, options);
  }

  /** Takes a running task away from its attempt; the next one starts at once. Takes the role `admin`. */
  async restart(taskId: string, options: CallOptions = {}): Promise<Task> {
    return await this.#post(`${taskPath(taskId)}/restart`, options);
  }

  /** Changes a task that waits to run. Throws `version_mismatch` when it is not at `ifVersion` any more. */
  async change(taskId: string, patch: PatchInput, options: ChangeOptions = {}): Promise<Task> {
    const { ifVersion, signal } = options;
    return await this.#transport.call({
      method: 'PATCH',
      path: taskPath(taskId),
      body: patch,
      headers: ifVersion === undefined ? {} : { 'if-match': `"${ifVersion}"` },
      repeatable: false,
      signal,
    });
  }

  /**
   * Lets a waiting task wait for another one too, or by another condition. Throws `dependency_cycle` where that one
   * waits for this task.
   */
  async addDependency(
    taskId: string,
    dependencyId: string,
    change: DependencyChangeInput = {},
    { signal }: CallOptions = {},
  ): Promise<Task> {
    const path = dependencyPath(taskId, dependencyId);
    return await this.#transport.call({ method: 'PUT', path, body: change, repeatable: true, signal });
  }

  /** Lets a waiting task no longer wait for another one. */
  async removeDependency(taskId: string, dependencyId: string, { signal }: CallOptions = {}): Promise<void> {
    const path = dependencyPath(taskId, dependencyId);
    await this.#transport.call<void>({ method: 'DELETE', path, repeatable: false, signal });
  }

  /** All tasks that meet the filter, newest first; pages are fetched as they are needed. */
  list(filter: TaskListFilter = {}, options: ListOptions = {}): AsyncGenerator<TaskSummary, void> {
    return this.#pages('/tasks', filter, options);
  }

  /** All tasks of an agent, newest first. */
  listAgentTasks(
    agentId: string,
    filter: AgentTaskListFilter = {},
    options: ListOptions = {},
  ): AsyncGenerator<TaskSummary, void> {
    return this.#pages(`${agentPath(agentId)}/tasks`, filter, options);
  }

  /**
   * Cancels all tasks that meet the filter and are there by now: the answer names the task that does it, whose
   * output counts what was changed and what was refused.
   */
  async bulkCancel(filter: TaskFilterInput, options: BulkOptions & { dryRun: true }): Promise<BulkCount>;
  async bulkCancel(filter: TaskFilterInput, options?: BulkOptions & { dryRun?: false }): Promise<BulkStarted>;
  async bulkCancel(filter: TaskFilterInput, options: BulkOptions = {}): Promise<BulkCount | BulkStarted> {
    return await this.#bulk('/tasks/bulk/cancel', filter, options);
  }

  /** Retries all failed tasks that meet the filter, as `bulkCancel` cancels; others are refused. */
  async bulkRetry(filter: TaskFilterInput, options: BulkOptions & { dryRun: true }): Promise<BulkCount>;
  async bulkRetry(filter: TaskFilterInput, options?: BulkOptions & { dryRun?: false }): Promise<BulkStarted>;
  async bulkRetry(filter: TaskFilterInput, options: BulkOptions = {}): Promise<BulkCount | BulkStarted> {
    return await this.#bulk('/tasks/bulk/retry', filter, options);
  }

  /** No result of the type so far serves another task. Takes the role `admin`. */
  async clearCache(type: string, { signal }: CallOptions = {}): Promise<void> {
    const call = { method: 'DELETE', path: '/cache', query: { type }, repeatable: true } as const;
    await this.#transport.call<void>({ ...call, signal });
  }

  /** How the platform is, also when it is unhealthy. */
  async health(options: CallOptions = {}): Promise<Health> {
    const call = { method: 'GET', path: '/health', repeatable: false, alsoAnswers: [503] } as const;
    return await this.#transport.call({ ...call, signal: options.signal });
  }

  async *#pages(
    path: string,
    filter: TaskListFilter | AgentTaskListFilter,
    options: ListOptions,
  ): AsyncGenerator<TaskSummary, void> {
    let cursor: string | undefined;
    do {
      const query = { ...filter, limit: options.pageSize, cursor };
      const page: TaskPage = await this.#get(path, options, query);
      yield* page.items;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  async #bulk(path: string, filter: TaskFilterInput, { dryRun = false, ...options }: BulkOptions) {
    return await this.#submit<BulkCount & BulkStarted>(path, { filter, dry_run: dryRun }, options);
  }

  async #submit<Answer>(path: string, body: unknown, options: SubmitOptions): Promise<Answer> {
    const { idempotencyKey = crypto.randomUUID(), signal } = options;
    return await this.#transport.call({
      method: 'POST',
      path,
      body,
      headers: idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey },
      repeatable: idempotencyKey !== null,
      signal,
    });
  }

  async #post<Answer>(path: string, { signal }: CallOptions): Promise<Answer> {
    return await this.#transport.call({ method: 'POST', path, repeatable: false, signal });
  }

  async #get<Answer>(
    path: string,
    { signal }: CallOptions,
    query: Readonly<Record<string, string | number | undefined>> = {},
  ): Promise<Answer> {
    return await this.#transport.call({ method: 'GET', path, query, repeatable: true, signal });
  }
}

function taskPath(taskId: string): string {
  return `/tasks/${encodeURIComponent(taskId)}`;
}

function dependencyPath(taskId: string, dependencyId: string): string {
  return `${taskPath(taskId)}/dependencies/${encodeURIComponent(dependencyId)}`;
}
