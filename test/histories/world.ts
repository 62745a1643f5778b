import { setImmediate } from 'node:timers/promises';
import type { MemoryWrite } from '../../core/agents/memory-write.ts';
import type { BulkKind, BulkState } from '../../core/bulk.ts';
import { ByteRoom } from '../../core/byte-room.ts';
import type { EdgeStore } from '../../core/dependencies/edge.ts';
import { memoryHighWrite } from '../../core/memory-guard.ts';
import { isOrdered } from '../../core/order.ts';
import type { MessageRemover, TaskStore } from '../../core/ports.ts';
import type { ReleaseSender } from '../../core/release-message.ts';
import { cacheEntryOf } from '../../core/result-cache.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { retryPolicyOf } from '../../core/task-view.ts';
import type { AttemptRun } from '../../core/usecases/execute-batch.ts';
import type { BulkCommand } from '../../core/usecases/run-bulk.ts';
import { findTaskType } from '../../functions/tasks/index.ts';
import { stageConfig } from '../../lib/config.ts';
import { InMemoryEdgeStore } from '../support/in-memory-edge-store.ts';
import { InMemoryMailboxIndex } from '../support/in-memory-mailbox-index.ts';
import { InMemoryMemory } from '../support/in-memory-memory.ts';
import { InMemoryObjectStore } from '../support/in-memory-object-store.ts';
import { InMemoryReleaseQueue } from '../support/in-memory-release-queue.ts';
import { InMemoryResultCache } from '../support/in-memory-result-cache.ts';
import { InMemoryResultStore } from '../support/in-memory-result-store.ts';
import { InMemoryTaskIndex } from '../support/in-memory-task-index.ts';
import { InMemoryTimerIndex } from '../support/in-memory-timer-index.ts';
import type { HandlerEnd } from './commands.ts';
import type { Mortal } from './mortal.ts';
import { Queues } from './queues.ts';
import { RecordingStore } from './recording-store.ts';
import { Turns } from './turns.ts';
import { VirtualClock } from './virtual-clock.ts';

export const LEASE_MS = 80_000;
export const RETENTION_SECONDS = 365 * 86_400;
export const AGENT_ID = 'agent-7';
/** The key under which outputs are remembered. */
export const REMEMBERED = 'newest';
const SHARDS = 2;

/** A claim in an agent's hands. */
export interface HeldClaim {
  readonly taskId: string;
  readonly leaseToken: string;
}

/** What a history runs in: the adapters, the queues, time, and what users and agents know. */
export class World {
  readonly clock = new VirtualClock();
  readonly tasks: RecordingStore;
  readonly results: InMemoryResultStore;
  readonly queues: Queues;
  readonly index: InMemoryTaskIndex;
  readonly edges = new InMemoryEdgeStore();
  readonly releases = new InMemoryReleaseQueue();
  readonly memory = new InMemoryMemory();
  readonly cache = new InMemoryResultCache();
  readonly claims: HeldClaim[] = [];
  /** Handlers that ran: how often each task's handler returned with success. */
  readonly successes = new Map<string, number>();
  /** Processes that have stalled: what lets each go on, to its end. */
  readonly stalled: (() => Promise<void>)[] = [];
  /** Tasks whose submission was answered. */
  readonly accepted: string[] = [];
  readonly turns = new Turns();
  /** Bulk tasks that have died: how far they had come. */
  readonly bulks = new Map<BulkKind, { readonly command: BulkCommand; saved: BulkState | undefined }>();
  readonly #looks = new Map<Mortal, Set<() => void>>();
  readonly #name: string;
  #serial = 0;

  constructor(tasks: TaskStore, name: string) {
    this.#name = name;
    this.tasks = new RecordingStore(tasks);
    this.results = new InMemoryResultStore(this.clock);
    this.queues = new Queues(this.clock);
    this.index = new InMemoryTaskIndex(this.tasks.known);
  }

  newId = (): string => {
    this.#serial += 1;
    return `task-${this.#name.padStart(8, '0')}-0000-7000-8000-${String(this.#serial).padStart(12, '0')}`;
  };

  newText = (): string => {
    this.#serial += 1;
    return `text-${this.#name}-${this.#serial}`;
  };

  /** What functions are built from, as one mortal process sees it. */
  depsOf(process: Mortal) {
    const { tasks, results, queues, clock, index, edges, releases } = this;
    return {
      tasks: {
        read: tasks.read,
        readAll: tasks.readAll,
        insert: (rows: Parameters<TaskStore['insert']>[0]) => process.operate(() => tasks.insert(rows)),
        write: (writes: Parameters<TaskStore['write']>[0]) => process.operate(() => tasks.write(writes)),
      },
      results: {
        attempts: (pointers: Parameters<InMemoryResultStore['attempts']>[0]) => results.attempts(pointers),
        ofTask: (id: string) => results.ofTask(id),
        ofAttempt: (id: string, attempt: number) => results.ofAttempt(id, attempt),
        payloadsOf: (ids: readonly string[]) => results.payloadsOf(ids),
        expirePayload: (id: string, at: number) => results.expirePayload(id, at),
        putPayloads: (payloads: Parameters<InMemoryResultStore['putPayloads']>[0]) =>
          process.operate(() => results.putPayloads(payloads)),
        putFirst: (result: Parameters<InMemoryResultStore['putFirst']>[0]) =>
          process.operate(() => results.putFirst(result)),
        put: (list: Parameters<InMemoryResultStore['put']>[0]) => process.operate(() => results.put(list)),
      },
      edges: {
        put: (list: Parameters<EdgeStore['put']>[0]) => process.operate(() => edges.put(list)),
        page: (query: Parameters<EdgeStore['page']>[0]) => edges.page(query),
        remove: (list: Parameters<EdgeStore['remove']>[0]) => process.operate(() => edges.remove(list)),
      },
      releases: {
        send: (messages: Parameters<ReleaseSender['send']>[0]) =>
          process.operate(() => releases.send(messages)),
      },
      lanes: {
        send: (messages: Parameters<Queues['send']>[0]) => process.operate(() => queues.send(messages)),
      },
      messages: {
        putBack: (messages: Parameters<Queues['putBack']>[0]) =>
          process.operate(() => queues.putBack(messages)),
      },
      orderedMessages: {
        putBack: (messages: Parameters<Queues['putBack']>[0]) =>
          process.operate(() => queues.ordered.putBack(messages)),
      },
      remover: {
        remove: (messages: Parameters<MessageRemover['remove']>[0]) =>
          process.operate(() => queues.ordered.remove(messages)),
      },
      hasTime: () => true,
      memory: { write: (write: MemoryWrite) => process.operate(() => this.memory.write(write)) },
      objects: new InMemoryObjectStore(),
      room: new ByteRoom(1),
      cache: this.cache,
      cursorKeys: { read: async () => ['key'] },
      index,
      hours: index,
      labels: index,
      expiredRows: index,
      shards: SHARDS,
      pools: stageConfig('local').pools,
      clock,
      random: () => 0.5,
      newTaskId: this.newId,
      newLeaseId: this.newText,
      newLeaseToken: this.newText,
      leaseMs: LEASE_MS,
      retentionSeconds: RETENTION_SECONDS,
      // Whoever runs handlers looks after them before each ends.
      every: (_: number, look: () => void) => {
        const looks = this.#looksOf(process);
        looks.add(look);
        return () => void looks.delete(look);
      },
      findTaskType,
      retryPolicyOf: (row: TaskRow) => retryPolicyOf(row, {}),
      onTrouble: () => undefined,
    };
  }

  /** Runs a handler that ends as told. */
  runnerOf(process: Mortal, ends: HandlerEnd[]) {
    return async (
      row: TaskRow,
      payloadText: string | undefined,
      stop: AbortSignal,
    ): Promise<AttemptRun | undefined> => {
      if (!process.isDead) await this.#demandTurn(row);
      const end = ends.shift() ?? 'succeeds';
      const succeeds = end === 'succeeds' || end === 'takes_long';
      if (end === 'exhausts_its_memory')
        await process.operate(() => this.tasks.write([memoryHighWrite(row)]));
      if (end === 'kills_its_process' || end === 'exhausts_its_memory') process.die();
      await process.operate(async () => undefined);
      if (end === 'takes_long') this.clock.advance(LEASE_MS * 0.6);
      for (const look of this.#looksOf(process)) look();
      await setImmediate();
      if (stop.aborted && stop.reason === 'lease_lost') return undefined;
      if (stop.aborted && !succeeds) return { outcome: { kind: 'cancelled' } };
      if (end === 'goes_on') return { outcome: { kind: 'released', reason: 'goes on' } };
      const nowMs = this.clock.nowMs();
      const result = {
        task_id: row.task_id,
        attempt: row.attempt,
        started_at: nowMs,
        ended_at: nowMs,
        usage: { cpu_ms: 1, max_memory_mb: 1 },
        expires_at: nowMs / 1000 + RETENTION_SECONDS,
      };
      if (succeeds) {
        this.successes.set(row.task_id, (this.successes.get(row.task_id) ?? 0) + 1);
        const success = { ...result, succeeded: true, output: JSON.stringify(this.newText()) };
        const payload = JSON.parse(payloadText ?? 'null');
        const cacheEntry = cacheEntryOf(row, success, { version: 1, payload });
        return {
          result: success,
          outcome: { kind: 'succeeded', resultAttempt: row.attempt },
          ...(cacheEntry === undefined ? {} : { cacheEntry }),
        };
      }
      const error = failure('boom', 'it broke', end === 'fails');
      return { result: { ...result, succeeded: false, error }, outcome: { kind: 'failed', failure: error } };
    };
  }

  #looksOf(process: Mortal): Set<() => void> {
    const looks = this.#looks.get(process) ?? new Set();
    this.#looks.set(process, looks);
    return looks;
  }

  async #demandTurn(row: TaskRow): Promise<void> {
    if (!isOrdered(row)) return;
    try {
      this.turns.demandTurn(row, await this.tasks.rows());
    } catch (violation) {
      this.tasks.violations.push(violation);
    }
  }

  /** The shards of the timer index, and the index as it is now. */
  async timers() {
    const rows = new Map((await this.tasks.rows()).map((row) => [row.task_id, row]));
    return {
      index: new InMemoryTimerIndex(rows),
      shards: Array.from({ length: SHARDS }, (_, n) => String(n)),
    };
  }

  async mailboxes(): Promise<InMemoryMailboxIndex> {
    return new InMemoryMailboxIndex(new Map((await this.tasks.rows()).map((row) => [row.task_id, row])));
  }
}
